//! Which blob a manifest is: its id as a [`ManifestId`], and the other way round.

use gix::ObjectId;
use kuberpult_core::ManifestId;

use crate::TransactError;
use crate::limits::LARGEST_OBJECT;

/// The manifest of an undeploy release as upstream writes it.
pub(crate) const EMPTY: &str = " ";

/// The id of the blob that holds a blank, in a repository with SHA-1 ids.
const EMPTY_SHA1: [u8; 20] = [
    0x05, 0x19, 0xec, 0xba, 0x6e, 0xa9, 0x13, 0xe2, 0x16, 0x89, 0xec, 0x69, 0x2e, 0x81, 0xe9, 0xe4, 0x97,
    0x3f, 0xbf, 0x73,
];
/// The same in a repository with SHA-256 ids.
const EMPTY_SHA256: [u8; 32] = [
    0x56, 0x8c, 0xd8, 0xfe, 0xa2, 0xa9, 0x75, 0xa0, 0xa6, 0x83, 0xc0, 0x0f, 0xba, 0x60, 0xfb, 0x54, 0x1e,
    0x78, 0xa1, 0x0e, 0x12, 0xfe, 0x77, 0xa7, 0x02, 0xa6, 0x18, 0xbc, 0x09, 0x03, 0xbb, 0xda,
];

/// The manifest that a blob is.
pub(crate) fn manifest_of(blob: &ObjectId) -> Option<ManifestId> {
    if blob.as_bytes() == EMPTY_SHA1 || blob.as_bytes() == EMPTY_SHA256 {
        Some(ManifestId::EMPTY)
    } else {
        ManifestId::from_bytes(blob.as_bytes())
    }
}

/// The manifest that a content is, in a repository with ids of this kind.
pub(crate) fn id_of(content: &[u8], ids: gix::hash::Kind) -> Result<ManifestId, TransactError> {
    if content.len() > LARGEST_OBJECT {
        let (what, size) = ("a manifest".to_owned(), content.len());
        return Err(TransactError::TooLong { what, size, limit: LARGEST_OBJECT as u64 });
    }
    let failed = |error| TransactError::write("a manifest", error);
    let id = gix::objs::compute_hash(ids, gix::objs::Kind::Blob, content).map_err(failed)?;
    manifest_of(&id)
        .ok_or_else(|| failed(gix::Error::from_error(gix::error::message("the object id is too long"))))
}

/// The blob that a manifest is, if its id can be one in a repository with ids of this kind. Nobody has to have written
/// the empty manifest, so it is none.
pub(crate) fn blob_of(manifest: &ManifestId, ids: gix::hash::Kind) -> Option<ObjectId> {
    ObjectId::try_from(manifest.as_bytes()).ok().filter(|blob| blob.kind() == ids)
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
        for ids in [gix::hash::Kind::Sha1, gix::hash::Kind::Sha256] {
            let blob =
                |content: &str| gix::objs::compute_hash(ids, gix::objs::Kind::Blob, content.as_bytes());
            assert_eq!(manifest_of(&blob(EMPTY).unwrap()), Some(ManifestId::EMPTY));
            assert_eq!(blob_of(&ManifestId::EMPTY, ids), None);
            let other = blob("kind: ConfigMap\n").unwrap();
            let manifest = manifest_of(&other).unwrap();
            assert_eq!(blob_of(&manifest, ids), Some(other));
            assert_eq!(blob_of(&manifest, another(ids)), None);
        }
    }

    fn another(ids: gix::hash::Kind) -> gix::hash::Kind {
        if ids == gix::hash::Kind::Sha1 { gix::hash::Kind::Sha256 } else { gix::hash::Kind::Sha1 }
    }
}
