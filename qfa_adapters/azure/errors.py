"""What can go wrong with a Key Vault, in the core's words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ResourceExistsError,
    ServiceRequestError,
    ServiceResponseError,
)

from qfa_core.errors import Conflict, QFAError, SecretStoreUnavailable

# What the SDK lets through beside its own, for answers that are none and challenges for another vault.
SDK_ERRORS = (TimeoutError, OSError, ValueError, KeyError, TypeError, AttributeError)

_BY_EXCEPTION: Mapping[type[Exception], str] = {
    ClientAuthenticationError: "The Key Vault lets nobody in: there is no token, or it was refused.",
    ServiceRequestError: "The Key Vault cannot be reached.",
    ServiceResponseError: "The Key Vault hung up.",
    HttpResponseError: "The Key Vault failed.",
    DecodeError: "The Key Vault answered with something that cannot be used.",
    AzureError: "The Key Vault could not be asked.",
    TimeoutError: "The Key Vault did not answer in time.",
    OSError: "The Key Vault cannot be reached.",
    Exception: "The Key Vault answered with something that cannot be used.",
}
_BY_STATUS: Mapping[int, str] = {
    401: _BY_EXCEPTION[ClientAuthenticationError],
    403: "The Key Vault does not let this identity do that.",
    404: "The Key Vault's address leads elsewhere.",
    429: "The Key Vault limits requests.",
}
_BY_INNER_CODE: Mapping[str, str] = {"SecretDisabled": "The newest version is disabled."}


def is_missing(error: HttpResponseError) -> bool:
    """Whether the vault, and not somebody on the way, says that there is no such secret."""
    return error.status_code == 404 and error.error is not None and error.error.code == "SecretNotFound"


def unavailable(error: Exception) -> QFAError:
    """Return what an exception of the SDK means; its own words, which may quote answers, are dropped."""
    if isinstance(error, ResourceExistsError):
        return Conflict("The secret was deleted, and can be recovered: do that, or purge it.")
    message = _BY_INNER_CODE.get(_inner_code(error)) or _BY_STATUS.get(
        getattr(error, "status_code", None) or 0
    )
    return SecretStoreUnavailable(
        message or next(_BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in _BY_EXCEPTION),
        retry_after_seconds=_retry_after_seconds(error),
    )


def _inner_code(error: Exception) -> str:
    details = error.error if isinstance(error, HttpResponseError) else None
    inner = details.innererror if details else None
    return str(inner.get("code")) if isinstance(inner, dict) else ""


def _retry_after_seconds(error: Exception) -> float | None:
    """Return what the vault asks for, which is a number of seconds; None where it asks for nothing."""
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", {})
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
