"""Users, their second factors, and failed attempts to sign in."""

from obcms.people.models.second_factor import RecoveryCode, SecondFactor, SecondFactorDemand
from obcms.people.models.sign_in_attempt import SignInAttempt
from obcms.people.models.user import User

__all__ = ["RecoveryCode", "SecondFactor", "SecondFactorDemand", "SignInAttempt", "User"]
