"""Users, their second factors, their sessions, and failed attempts to sign in."""

from obcms.people.models.second_factor import RecoveryCode, SecondFactor, SecondFactorDemand
from obcms.people.models.session import SessionKind, UserSession
from obcms.people.models.sign_in_attempt import SignInAttempt
from obcms.people.models.user import OF_EVERY_PAGE, User

__all__ = [
    "OF_EVERY_PAGE",
    "RecoveryCode",
    "SecondFactor",
    "SecondFactorDemand",
    "SessionKind",
    "SignInAttempt",
    "User",
    "UserSession",
]
