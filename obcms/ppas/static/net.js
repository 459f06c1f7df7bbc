// Talking to the server: HTML fragments come back, refusals arrive as JSON problems.

export class Refusal extends Error {
  constructor(status, title, problems) {
    super(problems.map((one) => one.message).join(" ") || title);
    this.status = status;
    this.problems = problems;
  }
}

const UNREACHABLE = "The server could not be reached, so nothing was saved. Please try again.";
const SIGNED_OUT = "You were signed out in the meantime. What you typed is kept: reload the page to sign in, and open this again.";
const token = document.querySelector('meta[name="csrf-token"]').content;

export const page = () => document.getElementById("ppa");
export const address = (path) => `/${page().dataset.base}/${path}`;

// Sends a request; `body` makes it a POST. Answers the response, or throws a Refusal.
export async function send(url, body) {
  const headers = {
    Accept: "application/json, text/html;q=0.5",
    "X-Fragment": page().dataset.tab,
    "X-CSRFToken": token,
  };
  let response;
  try {
    response = await fetch(url, { method: body ? "POST" : "GET", body, headers });
  } catch {
    throw new Refusal(0, UNREACHABLE, [{ message: UNREACHABLE, pointer: "" }]);
  }
  if (response.ok && !response.redirected) return response;
  throw await refusal(response);
}

async function refusal(response) {
  if (response.redirected) return new Refusal(401, SIGNED_OUT, [{ message: SIGNED_OUT, pointer: "" }]);
  const told = await response.json().catch(() => null);
  const title = told?.title ?? "Something went wrong, and nothing was saved.";
  return new Refusal(response.status, title, told?.problems ?? [{ message: title, pointer: "" }]);
}

export const html = async (url, body) => (await send(url, body)).text();
export const json = async (url, body) => (await send(url, body)).json();

export function element(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}
