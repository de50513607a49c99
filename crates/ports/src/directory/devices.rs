//! Devices and their tokens.

use crate::Stored;
use async_trait::async_trait;
use model::device::{Device, Principal, TokenKind};
use model::{DeviceId, Timestamp, UserId};

/// A sign-in.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The client id.
    pub id: DeviceId,
    /// Whose.
    pub user: UserId,
    /// Kind of token.
    pub kind: TokenKind,
    /// SHA-256 of the token with its kind; unique.
    pub token_hash: [u8; 32],
    /// Operating system.
    pub os: String,
    /// Client or browser.
    pub client: String,
    /// Now.
    pub at: Timestamp,
}

/// Devices.
#[async_trait]
pub trait Devices: Send + Sync {
    /// Stores a device. Above `cap` devices of the user, those idle longest are revoked in the same transaction;
    /// the revoked ones.
    async fn sign_in(&self, new: &NewDevice, cap: usize) -> Stored<Vec<DeviceId>>;

    /// Whose token has this hash, as the authority knows it now: a revocation that was answered is in force.
    async fn authenticate(&self, token_hash: &[u8; 32]) -> Stored<Option<Principal>>;

    /// A user's devices, used last first, as the authority knows them now: gateways that hear nothing decide by it whose
    /// sockets stay.
    async fn devices(&self, user: UserId) -> Stored<Vec<Device>>;

    /// Revokes these devices of the user, and raises the version of the user's sessions in the same transaction;
    /// the ones that there were.
    async fn revoke(&self, user: UserId, devices: &[DeviceId]) -> Stored<Vec<DeviceId>>;

    /// The device was used. May be coarse, may be lost.
    async fn touch(&self, device: DeviceId, at: Timestamp) -> Stored<()>;
}
