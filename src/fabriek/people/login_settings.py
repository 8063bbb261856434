"""How people sign in: the settings of allauth."""

CSP_FORM_ACTION_EXTRA: list[str] = []
