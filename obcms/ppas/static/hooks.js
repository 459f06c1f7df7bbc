// Where the slices above the PPA's page join it: their scripts add functions to these lists.

export const hooks = {
  leave: [], // before the panel is replaced; what it returns is handed to `show`
  show: [], // (kept) after the panel was replaced
  dialog: [], // (dialog, kept) after the dialog was filled; `kept` is what was typed before
  conflict: [], // (form, body, refusal) when others were faster; true once it has dealt with it
};
