//! How an object is told from another one in a pack: what of it is copied from there, and what is not.
//!
//! The format is git's (gitformat-pack, "Deltified representation").

/// The instructions that make one object from another.
#[derive(Debug)]
pub(crate) struct Delta {
    instructions: Vec<u8>,
}

/// The most bytes that one instruction copies: what fits into three bytes.
const LONGEST_COPY: usize = 0xff_ffff;
/// The most bytes that one instruction inserts.
const LONGEST_INSERTION: usize = 0x7f;

impl Delta {
    /// For an object of this many bytes, made from one of `base` bytes.
    pub(crate) fn new(base: usize, length: usize) -> Self {
        let mut instructions = Vec::new();
        for mut size in [base, length] {
            while size >= 0x80 {
                instructions.push(size as u8 | 0x80);
                size >>= 7;
            }
            instructions.push(size as u8);
        }
        Self { instructions }
    }

    /// What comes next is what the base has from here on.
    pub(crate) fn copy(&mut self, mut start: usize, mut length: usize) {
        while length > 0 {
            let part = length.min(LONGEST_COPY);
            let at = self.instructions.len();
            self.instructions.push(0);
            let mut which = 0x80;
            let bytes = (start as u32).to_le_bytes().into_iter().chain((part as u32).to_le_bytes());
            // Bytes that are zero are left out. The length has three.
            for (bit, byte) in bytes.take(7).enumerate().filter(|(_, byte)| *byte != 0) {
                which |= 1 << bit;
                self.instructions.push(byte);
            }
            if let Some(first) = self.instructions.get_mut(at) {
                *first = which;
            }
            start += part;
            length -= part;
        }
    }

    /// What comes next is this.
    pub(crate) fn insert(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(LONGEST_INSERTION) {
            self.instructions.push(part.len() as u8);
            self.instructions.extend_from_slice(part);
        }
    }

    /// The instructions as git stores them.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.instructions
    }
}

/// What instructions make of their base; none if they are for another one.
pub(crate) fn applied(base: &[u8], instructions: &[u8]) -> Option<Vec<u8>> {
    let mut rest = instructions;
    let mut next = || {
        let (first, others) = rest.split_first()?;
        rest = others;
        Some(*first)
    };
    let mut size = || {
        let mut size = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = next()?;
            size |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(size);
            }
        }
        None
    };
    let (base_size, result_size) = (size()?, size()?);
    let mut result = Vec::with_capacity(if base_size == base.len() { result_size } else { return None });
    while let Some((instruction, others)) = rest.split_first() {
        rest = others;
        if *instruction < 0x80 {
            let (inserted, others) = rest.split_at_checked(usize::from(*instruction))?;
            result.extend_from_slice(inserted);
            rest = others;
            continue;
        }
        let mut numbers = [0; 8];
        for (bit, number) in numbers.iter_mut().take(7).enumerate() {
            if instruction & (1 << bit) != 0 {
                let (first, others) = rest.split_first()?;
                (*number, rest) = (*first, others);
            }
        }
        let [a, b, c, d, length @ ..] = numbers;
        let start = u32::from_le_bytes([a, b, c, d]) as usize;
        let length = u32::from_le_bytes(length) as usize;
        result.extend_from_slice(base.get(start..start.checked_add(length)?)?);
    }
    (result.len() == result_size).then_some(result)
}
