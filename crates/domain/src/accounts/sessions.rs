//! Devices: signing in, listing, revoking.

use super::ClientInfo;
use crate::audience::{announce, tell};
use crate::{Actor, Error, Result, World, secrets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::device::{Device, TokenKind};
use model::event::Event;
use model::{DeviceId, UserId, limits};
use ports::directory::devices::NewDevice;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Makes a device and its token. The device idle longest makes room above the cap.
pub(super) async fn sign_in(world: &World, user: UserId, client: &ClientInfo) -> Result<(String, DeviceId)> {
    let token = secrets::new_token(user)?;
    let new = new_device(world, user, TokenKind::User, &token, client)?;
    let _announced = announce(world, &[user]).await;
    let evicted = world.ports.directory.sign_in(&new, limits::DEVICES).await?;
    revoked(world, user, evicted).await;
    Ok((token, new.id))
}

/// The row of a token that is not stored yet.
pub(crate) fn new_device(
    world: &World,
    user: UserId,
    kind: TokenKind,
    token: &str,
    client: &ClientInfo,
) -> Result<NewDevice> {
    Ok(NewDevice {
        id: DeviceId::new(world.mint()?).ok_or(Error::Unavailable)?,
        user,
        kind,
        token_hash: secrets::token_hash(token, kind)
            .ok_or_else(|| Error::Internal("a new token has no hash".into()))?,
        os: model::names::line(&client.os).chars().take(64).collect(),
        client: model::names::line(&client.client).chars().take(64).collect(),
        at: world.ports.clock.now(),
    })
}

/// Tells the gateways to close these devices' sockets. After the answer nothing that is said anywhere reaches them.
pub(crate) async fn revoked(world: &World, user: UserId, devices: Vec<DeviceId>) {
    if !devices.is_empty() {
        tell(world, &[user], Event::Revoked { devices: Some(devices) });
        world.ports.bus.flushed(Duration::MAX).await;
    }
}

/// Ends the actor's own device.
///
/// # Errors
/// Store errors only.
pub async fn logout(world: &World, actor: &Actor) -> Result<()> {
    actor.person()?;
    let _announced = announce(world, &[actor.user()]).await;
    let gone = world.ports.directory.revoke(actor.user(), &[actor.device()]).await?;
    revoked(world, actor.user(), gone).await;
    Ok(())
}

/// The actor's devices, used last first.
///
/// # Errors
/// 20001 for bots.
pub async fn list(world: &World, actor: &Actor) -> Result<Vec<Device>> {
    actor.person()?;
    Ok(world.ports.directory.devices(actor.user()).await?)
}

/// Ends the devices with these hashes. Unknown ones are passed over.
///
/// # Errors
/// 20001 for bots.
pub async fn revoke(world: &World, actor: &Actor, id_hashes: &[String]) -> Result<()> {
    actor.person()?;
    let mut which = Vec::new();
    for device in world.ports.directory.devices(actor.user()).await? {
        if id_hashes.contains(&id_hash(device.id)) {
            which.push(device.id);
        }
    }
    if !which.is_empty() {
        let _announced = announce(world, &[actor.user()]).await;
        let gone = world.ports.directory.revoke(actor.user(), &which).await?;
        revoked(world, actor.user(), gone).await;
    }
    Ok(())
}

/// The name of a device that clients see: base64 of the SHA-256 of its id, as Discord's `auth_session_id_hash`.
pub fn id_hash(device: DeviceId) -> String {
    STANDARD.encode(Sha256::digest(device.to_string()))
}
