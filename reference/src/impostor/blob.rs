//! The large and the malformed bodies, none of which looks at a request.
//! Making one costs little: what is large for the reader must not be large for us.

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// How many arrays stand inside each other.
const DEPTH: usize = 100_000;
const HEADER: usize = 5 * 1024 * 1024;
const NOISE: usize = 4096;
/// One piece of the bomb, and how often it is repeated: a gigabyte in all.
const PIECE: usize = 1024 * 1024;
const PIECES: u32 = 1024;

/// A Bundle that no recursive reader survives without a limit.
pub(super) fn nested() -> Bytes {
    let mut text = String::from(r#"{"resourceType":"Bundle","type":"searchset","entry":"#);
    text.push_str(&"[".repeat(DEPTH));
    text.push_str(&"]".repeat(DEPTH));
    text.push('}');
    text.into()
}

pub(super) fn filler() -> String {
    "x".repeat(HEADER)
}

/// Bytes that look like nothing; the same for the same number.
pub(super) fn noise(number: u64) -> Vec<u8> {
    let mut bytes = vec![0; NOISE];
    StdRng::seed_from_u64(number).fill_bytes(&mut bytes);
    bytes
}

/// A Bundle with a stray byte, a broken sequence, an overlong slash, and half a surrogate pair.
pub(super) fn invalid_utf8() -> Bytes {
    let mut bytes = Vec::from(&br#"{"resourceType":"Bundle","type":"searchset","id":""#[..]);
    bytes.extend_from_slice(b"\xff \xc3\x28 \xc0\xaf \xed\xa0\x80");
    bytes.extend_from_slice(br#""}"#);
    bytes.into()
}

/// A gzip file of about a megabyte that unpacks to a gigabyte of zeros.
///
/// Only one piece is compressed; after a full flush it stands on its own and can be repeated.
pub(super) fn bomb() -> Bytes {
    let zeros = vec![0; PIECE];
    let mut piece = Vec::with_capacity(PIECE);
    // Packing zeros into memory that is large enough cannot fail; a test unpacks the result.
    let _ = Compress::new(Compression::best(), false).compress_vec(&zeros, &mut piece, FlushCompress::Full);
    let mut one = Crc::new();
    one.update(&zeros);
    let mut all = Crc::new();
    for _ in 0..PIECES {
        all.combine(&one);
    }
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
    for _ in 0..PIECES {
        file.extend_from_slice(&piece);
    }
    // An empty last block ends the stream; checksum and size end the file.
    file.extend_from_slice(&[3, 0]);
    file.extend_from_slice(&all.sum().to_le_bytes());
    file.extend_from_slice(&all.amount().to_le_bytes());
    file.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn the_bomb_is_small_and_its_first_hundred_megabytes_are_zeros() {
        let file = bomb();
        assert!(file.len() < 1_200_000, "{}", file.len());
        let mut unpacked = GzDecoder::new(&file[..]);
        let mut piece = vec![1; PIECE];
        for _ in 0..100 {
            unpacked.read_exact(&mut piece).unwrap();
            assert!(piece.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn the_bomb_says_that_it_holds_a_gigabyte() {
        let file = bomb();
        // The last four bytes of a gzip member are the size of what was packed.
        let size: [u8; 4] = file[file.len() - 4..].try_into().unwrap();
        assert_eq!(u32::from_le_bytes(size), 1 << 30);
    }

    #[test]
    fn noise_is_the_same_for_the_same_number_only() {
        assert_eq!(noise(3), noise(3));
        assert_ne!(noise(3), noise(4));
    }
}
