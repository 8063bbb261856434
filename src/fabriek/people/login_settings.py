"""How people sign in: the settings of allauth, and of a provider of identities if there is one.

FABRIEK_OIDC_URL          the provider's address (its issuer); without it nobody signs in that way
FABRIEK_OIDC_CLIENT       the factory's name at the provider (client id)
FABRIEK_OIDC_SECRET_FILE  file with the client secret, mode 0600
FABRIEK_OIDC_NAME         what the button says, such as the institution's name (default: the host)
FABRIEK_OIDC_ORIGINS      further origins that the provider sends people on to, with spaces between
FABRIEK_PROXIES           how many trusted proxies stand in front (default 0); tries are counted by
                          the client's address, which the outermost of them writes down
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from fabriek.core import keyfiles

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "fabriek.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Addresses are confirmed by our own action, before anybody signs in; mails are our own as well.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "fabriek.people.passwords.ResetLinks"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 4 * 3600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "fabriek.people.entry_forms.SignInForm",
    "reauthenticate": "fabriek.people.entry_forms.PasswordAgainForm",
    "reset_password_from_key": "fabriek.people.entry_forms.NewPasswordForm",
}
# By address of the client, each in windows of one minute: the page says to wait that long. Guesses
# at one account are counted by people.throttle, together with those over the API.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "60/m/ip",
    "signup": "20/m/ip",
    "confirm": "30/m/ip",
    "reset_password": "20/m/ip",
    "reset_password_from_key": "20/m/ip",
    "change_password": "10/m/user",
    "reauthenticate": "20/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("FABRIEK_PROXIES", "0"))

_address = os.environ.get("FABRIEK_ADDRESS", "http://127.0.0.1:8800")
# A passkey belongs to a host name; browsers make none for an address of numbers.
PASSKEYS_WORK = not re.fullmatch(r"[0-9.]*|.*:.*", urlsplit(_address).hostname or "")
MFA_ADAPTER = "fabriek.people.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = f"Fabriek {urlsplit(_address).hostname or ''}".strip()
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "fabriek.people.factor_forms.CodeForm",
    "reauthenticate": "fabriek.people.factor_forms.CodeAgainForm",
    "activate_totp": "fabriek.people.factor_forms.AddAppForm",
    "authenticate_webauthn": "fabriek.people.factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "fabriek.people.factor_forms.PasskeyAgainForm",
    "login_webauthn": "fabriek.people.factor_forms.PasskeySignInForm",
    "add_webauthn": "fabriek.people.factor_forms.AddPasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}

SOCIALACCOUNT_ADAPTER = "fabriek.people.adapters.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False

OIDC_URL = os.environ.get("FABRIEK_OIDC_URL", "").rstrip("/")
OIDC_CLIENT = os.environ.get("FABRIEK_OIDC_CLIENT", "fabriek")
OIDC_NAME = os.environ.get("FABRIEK_OIDC_NAME", urlsplit(OIDC_URL).hostname or "")
OIDC_SECRET = (
    keyfiles.read_secret(Path(os.environ["FABRIEK_OIDC_SECRET_FILE"]))
    if OIDC_URL and "FABRIEK_OIDC_SECRET_FILE" in os.environ
    else ""
)
# A form that leads to another host must be allowed to by the policy of our pages.
CSP_FORM_ACTION_EXTRA: list[str] = (
    [
        f"{urlsplit(OIDC_URL).scheme}://{urlsplit(OIDC_URL).netloc}",
        *os.environ.get("FABRIEK_OIDC_ORIGINS", "").split(),
    ]
    if OIDC_URL
    else []
)
