"""Signing in by an OpenID Connect provider: the way there, and who comes back.

In: what the file of people says of the provider, and requests. Out: an address of the provider; the e-mail address of
who signed in there, where it is one of those that may.

Authlib does the protocol: a state and a nonce made anew and kept in a signed cookie, PKCE, and the checks of the token.
Only the provider is asked, and the addresses that its own metadata names; docs/decisions/0021-staff.md says why
Streamlit's ``st.login`` is not used.
"""

from __future__ import annotations

from typing import Any

from authlib.integrations.starlette_client import OAuth
from starlette.requests import Request
from starlette.responses import Response

from probqa.staff.people import WELL_KNOWN, Provider

# Seconds for each answer of the provider.
PATIENCE = 10.0


class NotLetInError(Exception):
    """Somebody came back from the provider who may not sign in here, or not from there."""


class Account:
    """The provider, asked for accounts."""

    def __init__(self, provider: Provider) -> None:
        """Take what is known of the provider, which is asked when somebody signs in."""
        self.provider = provider
        self._client: Any = OAuth().register(
            "provider",
            server_metadata_url=provider.metadata,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PATIENCE},
        )

    async def way(self, request: Request) -> Response:
        """Return the way to the provider, and remember in the session of ``request`` who was sent."""
        way: Response = await self._client.authorize_redirect(request, self.provider.address, prompt="select_account")
        return way

    async def who(self, request: Request) -> str:
        """Return the e-mail address of who comes back.

        Raises:
            NotLetInError: it is not one of those that may sign in, or the provider does not vouch for it.
            Exception: what came back is not what the provider says to who was sent there, or it does not answer.
        """
        # Not what the metadata says of itself; some providers end their name with a stroke.
        issuer = self.provider.metadata.removesuffix(WELL_KNOWN)
        claims = {"iss": {"essential": True, "values": [issuer, f"{issuer}/"]}}
        token = await self._client.authorize_access_token(request, claims_options=claims)
        known = token.get("userinfo") or {}
        email = known.get("email")
        if not isinstance(email, str) or not email.isascii() or email.lower() not in self.provider.who:
            raise NotLetInError(f"{email!r} is not one of those that may sign in")
        if known.get("email_verified") is not True:
            raise NotLetInError(f"the provider does not say that {email!r} is that person's own (email_verified)")
        return email.lower()
