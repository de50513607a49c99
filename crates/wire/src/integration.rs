//! Integrations: a guild's bots, as its settings list them.

use crate::list::list;
use crate::sf::Sf;
use crate::user::{self, PartialUser};
use model::ApplicationId;
use model::guild::Integration;
use serde::{Serialize, Serializer};

/// An integration. A bot's has the id of its application.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct IntegrationObject<'a> {
    id: Sf<ApplicationId>,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    account: Account<'a>,
    enabled: bool,
    application: IntegrationApplication<'a>,
    scopes: [&'static str; 1],
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Account<'a> {
    id: Sf<ApplicationId>,
    name: &'a str,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct IntegrationApplication<'a> {
    id: Sf<ApplicationId>,
    name: &'a str,
    icon: (),
    description: &'a str,
    summary: &'static str,
    #[serde(rename = "type")]
    kind: (),
    bot: PartialUser<'a>,
}

/// Shows a bot as an integration.
pub fn render(integration: &Integration) -> IntegrationObject<'_> {
    let application = &integration.application;
    IntegrationObject {
        id: Sf(application.id),
        kind: "discord",
        name: &application.name,
        account: Account { id: Sf(application.id), name: &application.name },
        enabled: true,
        application: IntegrationApplication {
            id: Sf(application.id),
            name: &application.name,
            icon: (),
            description: &application.description,
            summary: "",
            kind: (),
            bot: user::render(&integration.bot),
        },
        scopes: ["bot"],
    }
}

/// A list of bots.
#[derive(Debug, Clone, Copy)]
pub struct Integrations<'a>(pub &'a [Integration]);

impl Serialize for Integrations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        list(self.0, render).serialize(serializer)
    }
}
