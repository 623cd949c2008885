"""The OpenAPI document of the service."""

from qfa_http.openapi.document import openapi_document

__all__ = ["openapi_document"]
