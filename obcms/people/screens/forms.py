"""The forms of this room."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, EqualTo

NEEDED = DataRequired("Enter your password.")


class SignInForm(FlaskForm):
    """User name and password."""

    username = StringField("User name", [DataRequired("Enter your user name.")])
    password = PasswordField("Password", [NEEDED])
    submit = SubmitField("Sign in")


class CodeForm(FlaskForm):
    """The second step of signing in."""

    code = StringField("Code", [DataRequired("Enter the code.")])
    submit = SubmitField("Sign in")


class PasswordForm(FlaskForm):
    """Changing one's own password."""

    current = PasswordField("Current password", [DataRequired("Enter your current password.")])
    password = PasswordField("New password", [DataRequired("Enter a new password.")])
    again = PasswordField(
        "New password, once more", [EqualTo("password", "The two new passwords differ.")]
    )
    submit = SubmitField("Change password")


class TurnOnForm(FlaskForm):
    """The proof that the app has the secret, and that the account is one's own."""

    current = PasswordField("Your password", [NEEDED])
    code = StringField("Code from the app", [DataRequired("Enter the code that the app shows.")])
    submit = SubmitField("Turn on")


class TurnOffForm(FlaskForm):
    """Both factors, for removing one of them."""

    current = PasswordField("Password", [NEEDED])
    code = StringField("Code", [DataRequired("Enter a code.")])
    submit = SubmitField("Turn off")
