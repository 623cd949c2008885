"""
The errors of QFA, one tree, sorted by what the caller can do about it.

    QFAError
    ├── InvalidInput                 mend the request: `faults` says where
    │   └── PromptInjection          reword the analyst's prompt
    ├── FeedbackTooLarge             send less, or choose hierarchical mode
    ├── AuthenticationRequired       send a key that a store knows
    ├── Forbidden                    use a key with more rights
    ├── NotFound                     name something that exists
    ├── Conflict                     choose another name
    ├── StoreUnavailable             come back later
    │   ├── UsageStoreUnavailable
    │   ├── KeyStoreUnavailable
    │   └── SecretStoreUnavailable   after `retry_after_seconds`, where it says so
    ├── AnalysisUnavailable          ask for what this deployment can do
    │   ├── AnonymizerUnavailable
    │   ├── EmbedderUnavailable
    │   └── ClustererUnavailable
    ├── DeadlineExceeded             send less, or come back later
    └── LLMError                     the provider's side of one call
        ├── LLMUnavailable           worth another try: connection lost, 408, 409, 5xx
        ├── LLMTimeout               worth another try: no whole answer in time
        ├── LLMRateLimited           worth another try after `retry_after_seconds`
        ├── LLMRejected              the deployment is at fault: 400, 401, 403, 404
        ├── LLMAnswerUnusable        answered, but not with what was asked for
        └── ContentFiltered          refused on grounds of content; never tried again

Every message is a constant of this project: no text of a provider, a driver
or a community member is ever put into an error.
"""

from __future__ import annotations

from typing import Literal

import msgspec

# Azure's words, which others follow: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
FilterCategory = Literal["hate", "jailbreak", "profanity", "self_harm", "sexual", "violence"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a request: *field* is a path such as `feedback_records[0].id`."""

    field: str
    issue: str


class QFAError(Exception):
    """Anything that QFA refuses or fails to do; `str()` of it is safe to show and to log."""

    message = "The request could not be completed."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class InvalidInput(QFAError):
    """What was sent breaks the contract; *faults* names every place."""

    message = "The request is not valid."

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


class PromptInjection(InvalidInput):
    """The analyst's prompt looks like an attempt to speak as somebody else."""

    message = "The prompt looks like an attempt to override the service's instructions."


class FeedbackTooLarge(QFAError):
    """The text does not fit into one LLM call of this deployment."""

    message = "The feedback is larger than the token budget of one call."


class AuthenticationRequired(QFAError):
    """No key was given, or one that no store knows."""

    message = "A valid API key is required."


class Forbidden(QFAError):
    """The key is known, but does not carry this right."""

    message = "This key may not do that."


class NotFound(QFAError):
    """Nothing goes by that id."""

    message = "There is no such thing."


class Conflict(QFAError):
    """The name is taken."""

    message = "That name is already taken."


class StoreUnavailable(QFAError):
    """A database did not answer."""

    message = "The database is not available."


class UsageStoreUnavailable(StoreUnavailable):
    """The usage store did not answer, or this deployment has none."""


class KeyStoreUnavailable(StoreUnavailable):
    """A store of keys or tenants did not answer, or this deployment has none."""


class SecretStoreUnavailable(StoreUnavailable):
    """The store of secrets gave no answer of use; *retry_after_seconds* is None where it said none."""

    message = "The store of secrets is not available."

    def __init__(self, message: str | None = None, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class AnalysisUnavailable(QFAError):
    """This deployment lacks what the analysis needs, or every part of it failed."""

    message = "The analysis is not available."


class AnonymizerUnavailable(AnalysisUnavailable):
    """Texts could not be pseudonymised, so none may leave."""


class EmbedderUnavailable(AnalysisUnavailable):
    """Texts could not be turned into vectors, or this deployment has no embedder."""


class ClustererUnavailable(AnalysisUnavailable):
    """Vectors could not be clustered, or this deployment has no clusterer."""


class DeadlineExceeded(QFAError):
    """The request's own deadline passed."""

    message = "The request took longer than it may."


class LLMError(QFAError):
    """One LLM call failed."""

    message = "The language model could not be used."


class LLMUnavailable(LLMError):
    """The provider could not be reached or failed on its side."""


class LLMTimeout(LLMError):
    """The provider gave no whole answer in time."""

    message = "The language model did not answer in time."


class LLMRateLimited(LLMError):
    """The provider limits; *retry_after_seconds* is None where it did not say how long."""

    message = "The language model is limiting requests."

    def __init__(self, *, retry_after_seconds: float | None = None) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class LLMRejected(LLMError):
    """The provider refused the call as malformed, unauthorised or unknown; trying again is of no use."""


class LLMAnswerUnusable(LLMError):
    """The provider answered, but not with what was asked for."""


class ContentFiltered(LLMError):
    """
    The provider refused on grounds of content, in the question or in the answer.

    *categories* are what it found, as far as it says so.
    """

    message = "The language model's content filter refused the text."

    def __init__(self, *, categories: tuple[FilterCategory, ...] = ()) -> None:
        super().__init__()
        self.categories = categories
