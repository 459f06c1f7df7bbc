"""No form without a token, whoever sends it; the API takes no cookies, so it needs none."""

import pytest
from flask import url_for

from tests.people.steps import stranger


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_post_without_a_token_is_refused(app, people, sign_in_as, signed_in: bool) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in_as(people.administrator) if signed_in else stranger(app)
    with app.test_request_context():
        addresses = {
            rule.endpoint: url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1))
            for rule in app.url_map.iter_rules()
            if "POST" in rule.methods and not rule.endpoint.startswith("api_")
        }
    assert len(addresses) > 50
    assert {"auth.sign_in", "auth.sign_in_code", "auth.sign_out", "user.unlock"} <= set(addresses)
    for endpoint, address in addresses.items():
        answer = client.post(address, data={"title": "x", "csrf_token": "forged"})
        assert answer.status_code == 400, endpoint
