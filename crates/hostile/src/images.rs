//! Images that people upload.

use domain::guilds::images::{decode, look};
use domain::{Error, Refusal};

/// An image that is taken is what its first bytes say, within bounds; everything else is refused in one of two ways.
///
/// # Panics
/// It is not so.
pub fn images(data: &[u8]) {
    let looked = look(data);
    match decode(data) {
        Ok(taken) => {
            assert_eq!(looked, Some(taken));
            assert!((1..=8192).contains(&taken.width) && (1..=8192).contains(&taken.height), "{taken:?}");
            assert!(u64::from(taken.width) * u64::from(taken.height) <= 1 << 24, "{taken:?}");
        }
        Err(Error::Refused(Refusal::InvalidImage)) => {}
        // Only what says that it is an image can be too large.
        Err(Error::Refused(Refusal::ImageTooLarge)) => assert!(looked.is_some()),
        other => assert!(other.is_ok(), "{other:?}"),
    }
}
