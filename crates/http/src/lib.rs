//! The REST API. [`router`] builds it from one table of routes; every handler extracts, calls one act of `domain` and
//! renders with `wire`. Rules live in `domain`, shapes in `wire`; here is what HTTP adds: who is allowed to call a
//! route at all, how requests are read within bounds, and the one table from refusals to statuses.

mod acts;
mod app;
mod error;
mod extract;
mod finish;
#[doc(hidden)]
pub mod hostile;
mod images;
mod invalid;
mod openapi;
mod ratelimit;
mod reply;
mod router;
mod routes;

pub use acts::Acts;
pub use app::InstanceInfo;
pub use router::{Access, RouteInfo, router, table};
