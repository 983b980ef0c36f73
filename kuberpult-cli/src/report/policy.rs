//! What the page may do: run the one script and use the one style sheet that it came with, and nothing else.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The style sheet.
pub(super) const STYLE: &str = include_str!("page.css");
/// The script.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// A `Content-Security-Policy`. Nothing is loaded from anywhere; of what is in the page, no script runs and no style sheet
/// counts but those whose hashes it names.
pub(super) struct Policy;

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [script, style] = [SCRIPT, STYLE].map(|text| base64(&Sha256::digest(text)));
        write!(f, "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; ")?;
        f.write_str("base-uri 'none'; form-action 'none'")
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            (0..3).fold(0, |group, index| group << 8 | u32::from(chunk.get(index).copied().unwrap_or(0)));
        for place in 0..4 {
            let digit = (group >> (18 - 6 * place)) as usize & 63;
            let digit = DIGITS.get(digit).copied().map(char::from);
            text.extend(if place > chunk.len() { Some('=') } else { digit });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4648() {
        let examples = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(examples, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
        assert_eq!(base64(&[0xff, 0xef, 0xbe]), "/+++");
    }
}
