//! Which blob a manifest is: its id as a [`ManifestId`], and the other way round.

use gix::ObjectId;
use kuberpult_core::ManifestId;

/// The manifest of an undeploy release as upstream writes it.
pub(crate) const EMPTY: &str = " ";

/// The id of the blob that holds a blank.
const EMPTY_ID: [u8; 20] = [
    0x05, 0x19, 0xec, 0xba, 0x6e, 0xa9, 0x13, 0xe2, 0x16, 0x89, 0xec, 0x69, 0x2e, 0x81, 0xe9, 0xe4, 0x97,
    0x3f, 0xbf, 0x73,
];

/// The manifest that a blob is.
pub(crate) fn manifest_of(blob: &ObjectId) -> Option<ManifestId> {
    if blob.as_bytes() == EMPTY_ID {
        Some(ManifestId::EMPTY)
    } else {
        ManifestId::from_bytes(blob.as_bytes())
    }
}

/// The blob that a manifest is, if its id can be one.
pub(crate) fn blob_of(manifest: &ManifestId) -> Option<ObjectId> {
    let bytes = if *manifest == ManifestId::EMPTY { &EMPTY_ID } else { manifest.as_bytes() };
    ObjectId::try_from(bytes).ok()
}

/// The manifest as Argo CD gets it: nothing becomes a blank there, since upstream cannot overwrite a file with nothing.
/// `nothing` is the id of the blob without content.
pub(crate) fn applied(manifest: ManifestId, nothing: &ObjectId) -> ManifestId {
    if manifest.as_bytes() == nothing.as_bytes() { ManifestId::EMPTY } else { manifest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_the_empty_manifest() {
        let blob = gix::objs::Kind::Blob;
        let blank = gix::objs::compute_hash(gix::hash::Kind::Sha1, blob, EMPTY.as_bytes()).unwrap();
        assert_eq!(manifest_of(&blank), Some(ManifestId::EMPTY));
        assert_eq!(blob_of(&ManifestId::EMPTY), Some(blank));
        let other = gix::objs::compute_hash(gix::hash::Kind::Sha1, blob, b"kind: ConfigMap\n").unwrap();
        assert_eq!(manifest_of(&other).as_ref().and_then(blob_of), Some(other));
    }
}
