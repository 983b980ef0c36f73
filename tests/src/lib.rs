//! What the tests share: generators, the naive model, hermetic git.
