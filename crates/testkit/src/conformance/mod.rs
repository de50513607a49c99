//! The contract of every port, one function a sentence. Each takes a fresh engine; a panic is how a contract fails.

pub mod blobs;
pub mod bus;
pub mod directory;
pub mod messages;
pub mod presence;
pub mod rates;
pub mod sessions;
pub mod voice;

/// Makes a `#[tokio::test]` of each sentence of a port's contract; the ports' own macros list the sentences.
#[macro_export]
macro_rules! contract {
    ($port:ident, $fresh:expr, [$($sentence:ident),+ $(,)?]) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $sentence() {
            $crate::conformance::$port::$sentence($fresh.await).await;
        }
    )+};
}
