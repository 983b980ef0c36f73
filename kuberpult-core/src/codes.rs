//! Stable codes, told once: what [`code`](crate::Blocker::code) answers, and the list of all that it can answer.

/// Gives a type its `code` and its `CODES`. What stands under `else` has a code that is told elsewhere.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $type:ident { $($variant:ident => $code:literal,)* }
        $(else { $($other:pat => $elsewhere:expr,)* })?
    ) => {
        impl $type {
            /// Every code of its own that [`code`](Self::code) can be.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            $(#[$doc])*
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code,)*
                    $($($other => $elsewhere,)*)?
                }
            }

            /// The code of a variant by the variant's name, if it is one of its own.
            #[cfg(feature = "schema")]
            #[allow(dead_code, reason = "only types that are tagged by hand need it")]
            pub(crate) fn code_of_variant(name: &str) -> Option<&'static str> {
                [$((stringify!($variant), $code)),*].into_iter().find(|(it, _)| *it == name).map(|(_, code)| code)
            }
        }
    };
}

pub(crate) use codes;
