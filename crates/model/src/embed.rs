//! Embeds as data.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A rich embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// Title.
    pub title: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Where the title links to.
    pub url: Option<String>,
    /// A moment shown in the footer.
    pub timestamp: Option<Timestamp>,
    /// Colour of the side bar, 24 bits.
    pub color: Option<u32>,
    /// Footer.
    pub footer: Option<EmbedFooter>,
    /// Large picture.
    pub image: Option<EmbedMedia>,
    /// Small picture.
    pub thumbnail: Option<EmbedMedia>,
    /// Author line.
    pub author: Option<EmbedAuthor>,
    /// Fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<EmbedField>,
}

/// Footer of an embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedFooter {
    /// Text.
    pub text: String,
    /// Picture.
    pub icon_url: Option<String>,
}

/// Picture of an embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedMedia {
    /// Where it is.
    pub url: String,
}

/// Author line of an embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedAuthor {
    /// Name.
    pub name: String,
    /// Where it links to.
    pub url: Option<String>,
    /// Picture.
    pub icon_url: Option<String>,
}

/// Field of an embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedField {
    /// Name.
    pub name: String,
    /// Text.
    pub value: String,
    /// Beside the next one.
    pub inline: bool,
}

impl Embed {
    /// Code points that count towards [`crate::limits::EMBED_TOTAL`].
    pub fn text_len(&self) -> usize {
        let len = |text: &str| text.chars().count();
        self.title.as_deref().map_or(0, len)
            + self.description.as_deref().map_or(0, len)
            + self.footer.as_ref().map_or(0, |f| len(&f.text))
            + self.author.as_ref().map_or(0, |a| len(&a.name))
            + self.fields.iter().map(|f| len(&f.name) + len(&f.value)).sum::<usize>()
    }

    /// Whether it shows nothing.
    pub fn is_empty(&self) -> bool {
        self.text_len() == 0 && self.image.is_none() && self.thumbnail.is_none()
    }
}
