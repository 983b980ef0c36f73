//! [`Cause`]: what caused an error, which several errors may share.

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What caused an error. It can be cloned, because commands that share a push also share what went wrong with it.
///
/// It is no error by itself, but leads to one: as the [`source`](Error::source) of an error it can be
/// downcast, to a [`std::io::Error`] say.
#[derive(Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Cause {
    fn from(error: E) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl Deref for Cause {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;
    use crate::{RemoteError, TransactError};

    #[test]
    fn who_looks_for_the_cause_finds_the_error_itself() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let errors: [&dyn Error; 2] =
            [&TransactError::write("objects", full()), &RemoteError::file(Path::new("a"), full())];
        for error in errors {
            let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
            assert_eq!(source.kind(), io::ErrorKind::StorageFull);
        }
    }
}
