"""Tenants and their API keys."""

from __future__ import annotations

import hashlib

import msgspec


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation or team whose usage is accounted for by itself."""

    id: str
    name: str
    allows_superusers: bool = False


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an API key; the secret itself is kept nowhere, only its digest, in a store."""

    id: str
    name: str
    tenant_id: str
    is_superuser: bool = False


def digest_of(secret: str) -> str:
    """
    Return the SHA-256 of an API key, in hexadecimal: what stores keep and look up.

    A key is 256 random bits, so that neither salt nor stretching adds anything.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
