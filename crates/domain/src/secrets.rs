//! Passwords, tokens and message keys. Cryptography is RustCrypto's; this file only decides what is fed to it.

use crate::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::UserId;
use model::device::TokenKind;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// How many callers may wait for the password pool; more are told to come back.
const QUEUE: usize = 64;

/// Hashes passwords with argon2id (OWASP's floor: 19 MiB, two passes) on a few threads, so that logins cannot starve
/// the chat.
#[derive(Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    params: Params,
    /// The hash of nobody's password: checked when there is no such account, so that both answers take as long.
    decoy: String,
}

/// Counts a caller for as long as it waits or its work goes on, also when its request is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Passwords {
    /// A pool of `threads` (at least one).
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn new(threads: usize) -> Result<Self> {
        let params = Params::new(19_456, 2, 1, None).map_err(internal)?;
        let mut nobody = [0; 32];
        fill(&mut nobody)?;
        let decoy = hash(&params, &nobody)?;
        Ok(Self { slots: Arc::new(Semaphore::new(threads.max(1))), waiting: Arc::default(), params, decoy })
    }

    /// A PHC string for this password.
    ///
    /// # Errors
    /// `Unavailable` when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = model::names::password(password);
        let params = self.params.clone();
        self.run(move || hash(&params, password.as_bytes())).await?
    }

    /// Whether the password is the one of this PHC string. Without one, it takes as long and is `false`.
    ///
    /// # Errors
    /// `Unavailable` when too many wait.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool> {
        let password = model::names::password(password);
        let known = phc.is_some();
        let phc = phc.unwrap_or(&self.decoy).to_owned();
        let right = self
            .run(move || {
                PasswordHash::new(&phc)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(right && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::Unavailable);
        }
        let waiting = Waiting(self.waiting.clone());
        let slot = self.slots.clone().acquire_owned().await.map_err(internal)?;
        // The work ends whether its caller is there or not, and holds its slot until then.
        let held = (waiting, slot);
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(held);
            done
        });
        done.await.map_err(internal)
    }
}

fn hash(params: &Params, password: &[u8]) -> Result<String> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash: PasswordHash = argon.hash_password(password).map_err(internal)?;
    Ok(hash.to_string())
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(internal)
}

/// A new token of this user: `base64url(id).<check>.<256 bits>`; hikari refuses other forms. Shown once, stored as
/// [`token_hash`].
///
/// # Errors
/// The operating system gives no random bytes.
pub fn new_token(user: UserId) -> Result<String> {
    let mut secret = [0; 32];
    fill(&mut secret)?;
    let id = URL_SAFE_NO_PAD.encode(user.to_string());
    let secret = URL_SAFE_NO_PAD.encode(secret);
    let check = check(&id, &secret);
    Ok(format!("{id}.{check}.{secret}"))
}

/// A checksum inside the token: a mistyped or invented one is refused without asking the store, and secret scanners
/// can tell a real one.
fn check(id: &str, secret: &str) -> String {
    let sum = Sha256::new()
        .chain_update(b"guildhall token\0")
        .chain_update(id)
        .chain_update(b".")
        .chain_update(secret)
        .finalize();
    URL_SAFE_NO_PAD.encode(sum).chars().take(6).collect()
}

/// What is stored of a token: SHA-256 with the kind inside, so that a bot's token is none of a person. `None` for
/// text that cannot be a token.
pub fn token_hash(token: &str, kind: TokenKind) -> Option<[u8; 32]> {
    if token.len() > 100 {
        return None;
    }
    let mut parts = token.split('.');
    let (id, sum, secret) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some()
        || secret.len() != 43
        || !bool::from(check(id, secret).as_bytes().ct_eq(sum.as_bytes()))
    {
        return None;
    }
    let kind: &[u8] = match kind {
        TokenKind::User => b"user\0",
        TokenKind::Bot => b"bot\0",
    };
    Some(Sha256::new().chain_update(kind).chain_update(token).finalize().into())
}

/// A new registration code (8 groups would be kind to nobody: 12 characters, 60 bits) and what is stored of it.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn new_code() -> Result<(String, [u8; 32])> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 12];
    fill(&mut bytes)?;
    let code: String =
        bytes.iter().filter_map(|b| ALPHABET.get(usize::from(b % 32))).map(|b| char::from(*b)).collect();
    let hash = code_hash(&code);
    Ok((code, hash))
}

/// What is stored of a registration code.
pub fn code_hash(code: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"guildhall code\0").chain_update(code.trim().to_lowercase()).finalize().into()
}

/// What a nonce is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// Some client's own text.
    Foreign,
    /// A key that this instance issued to this user.
    Issued,
    /// A key in our form that was not issued to this user.
    NotIssued,
}

/// Issues message ids: Snowflakes bound to a user by a MAC, `m.` and 23 characters of base64url. They fit Discord's 25
/// characters of nonce and cannot be taken for the digits that libraries send. Nothing is stored until one is used.
pub struct MessageKeys {
    mac: Hmac<Sha256>,
}

impl MessageKeys {
    /// With the instance's secret.
    ///
    /// # Errors
    /// Never for 32 bytes.
    pub fn new(secret: &[u8]) -> Result<Self> {
        Ok(Self { mac: Hmac::new_from_slice(secret).map_err(internal)? })
    }

    /// A key for this user.
    pub fn issue(&self, user: UserId, snowflake: u64) -> String {
        format!(
            "m.{}{}",
            URL_SAFE_NO_PAD.encode(snowflake.to_be_bytes()),
            URL_SAFE_NO_PAD.encode(self.tag(user, snowflake))
        )
    }

    /// What this nonce is to this user.
    pub fn form(&self, user: UserId, nonce: &str) -> KeyForm {
        let Some(body) = nonce.strip_prefix("m.").filter(|body| body.len() == 23 && body.is_ascii()) else {
            return KeyForm::Foreign;
        };
        let (snowflake, tag) = body.split_at(11);
        let snowflake =
            URL_SAFE_NO_PAD.decode(snowflake).ok().and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        let (Some(snowflake), Ok(tag)) = (snowflake.map(u64::from_be_bytes), URL_SAFE_NO_PAD.decode(tag))
        else {
            return KeyForm::NotIssued;
        };
        if bool::from(self.tag(user, snowflake).ct_eq(&tag)) { KeyForm::Issued } else { KeyForm::NotIssued }
    }

    fn tag(&self, user: UserId, snowflake: u64) -> [u8; 9] {
        let mut mac = self.mac.clone();
        mac.update(b"message id\0");
        mac.update(&user.get().to_be_bytes());
        mac.update(&snowflake.to_be_bytes());
        let full = mac.finalize().into_bytes();
        let mut tag = [0; 9];
        tag.iter_mut().zip(full.iter()).for_each(|(to, from)| *to = *from);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u64) -> UserId {
        UserId::new(n).unwrap()
    }

    #[test]
    fn tokens_have_three_parts_and_kinds_do_not_mix() {
        let token = new_token(user(1234)).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!((parts.len(), parts[1].len(), parts[2].len()), (3, 6, 43));
        assert_eq!(URL_SAFE_NO_PAD.decode(parts[0]).unwrap(), b"1234");
        assert_ne!(token_hash(&token, TokenKind::User), token_hash(&token, TokenKind::Bot));
        for i in 0..token.len() {
            let mut bad = token.clone().into_bytes();
            bad[i] ^= 1;
            assert_eq!(token_hash(&String::from_utf8(bad).unwrap(), TokenKind::User), None, "byte {i}");
        }
        assert_eq!(token_hash("", TokenKind::User), None);
        assert_eq!(token_hash(&"a".repeat(10_000), TokenKind::User), None);
    }

    #[test]
    fn message_ids_are_bound_to_their_user() {
        let keys = MessageKeys::new(&[7; 32]).unwrap();
        let key = keys.issue(user(5), 99);
        assert_eq!(key.len(), 25);
        assert_eq!(keys.form(user(5), &key), KeyForm::Issued);
        assert_eq!(keys.form(user(6), &key), KeyForm::NotIssued);
        assert_eq!(keys.form(user(5), "1234567890123456789"), KeyForm::Foreign);
        assert_eq!(keys.form(user(5), &format!("m.{}", "A".repeat(23))), KeyForm::NotIssued);
        assert_eq!(keys.form(user(5), "m.short"), KeyForm::Foreign);
        assert_eq!(MessageKeys::new(&[8; 32]).unwrap().form(user(5), &key), KeyForm::NotIssued);
    }

    #[tokio::test]
    async fn passwords_compare_in_nfc_and_without_an_account_never() {
        let pool = Passwords::new(1).unwrap();
        let hash = pool.hash("caf\u{e9} au lait").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(pool.verify("cafe\u{301} au lait", Some(&hash)).await.unwrap());
        assert!(!pool.verify("cafe au lait", Some(&hash)).await.unwrap());
        assert!(!pool.verify("anything", None).await.unwrap());
    }

    #[tokio::test]
    async fn the_slot_of_a_caller_who_goes_is_taken_until_its_work_is_done() {
        let pool = Arc::new(Passwords::new(1).unwrap());
        let (begin, begun) = tokio::sync::oneshot::channel();
        let (end, ended) = std::sync::mpsc::channel();
        let worker = pool.clone();
        let caller = tokio::spawn(async move {
            let work = move || {
                begin.send(()).unwrap();
                ended.recv().unwrap();
            };
            worker.run(work).await
        });
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!((pool.slots.available_permits(), pool.waiting.load(Ordering::Relaxed)), (0, 1));
        end.send(()).unwrap();
        let _slot = pool.slots.acquire().await.unwrap();
        assert_eq!(pool.waiting.load(Ordering::Relaxed), 0);
    }
}
