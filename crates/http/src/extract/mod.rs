//! How requests are read: who calls, ids in the path, the query, the body, and what the client is.

mod authorized;
mod body;
mod client;
mod multipart;
mod path;
mod query;
mod reason;

pub(crate) use authorized::{Authorized, authorize};
pub(crate) use body::{BODY_LEN, Body, IMAGE_LEN, List};
pub(crate) use client::{Client, GatewayUrl};
pub(crate) use multipart::attachments;
pub(crate) use path::{Code, Emoji, Integration, Overwrite, Path, WebhookToken};
pub(crate) use query::Query;
pub(crate) use reason::Reason;
