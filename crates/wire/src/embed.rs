//! Embeds, both ways.

use crate::timestamp::Ts;
use model::embed::{Embed, EmbedAuthor, EmbedField, EmbedFooter, EmbedMedia};
use serde::{Deserialize, Serialize, Serializer};

/// A rich embed: protocol C.6.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EmbedObject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<FooterObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<MediaObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail: Option<MediaObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<AuthorObject<'a>>,
    #[serde(skip_serializing_if = "<[EmbedField]>::is_empty", serialize_with = "fields")]
    fields: &'a [EmbedField],
}

#[derive(Debug, Clone, Copy, Serialize)]
struct FooterObject<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct MediaObject<'a> {
    url: &'a str,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct AuthorObject<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct FieldObject<'a> {
    name: &'a str,
    value: &'a str,
    inline: bool,
}

fn fields<S: Serializer>(fields: &&[EmbedField], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(fields.iter().map(|f| FieldObject {
        name: &f.name,
        value: &f.value,
        inline: f.inline,
    }))
}

/// Shows an embed.
pub fn render(embed: &Embed) -> EmbedObject<'_> {
    EmbedObject {
        kind: "rich",
        title: embed.title.as_deref(),
        description: embed.description.as_deref(),
        url: embed.url.as_deref(),
        timestamp: embed.timestamp.map(Ts),
        color: embed.color,
        footer: embed
            .footer
            .as_ref()
            .map(|f| FooterObject { text: &f.text, icon_url: f.icon_url.as_deref() }),
        image: embed.image.as_ref().map(|m| MediaObject { url: &m.url }),
        thumbnail: embed.thumbnail.as_ref().map(|m| MediaObject { url: &m.url }),
        author: embed.author.as_ref().map(|a| AuthorObject {
            name: &a.name,
            url: a.url.as_deref(),
            icon_url: a.icon_url.as_deref(),
        }),
        fields: &embed.fields,
    }
}

/// An embed in a request. Its `type`, sizes and proxies are the server's to say and are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EmbedRequest {
    title: Option<String>,
    description: Option<String>,
    url: Option<String>,
    timestamp: Option<Ts>,
    color: Option<u32>,
    footer: Option<FooterRequest>,
    image: Option<MediaRequest>,
    thumbnail: Option<MediaRequest>,
    author: Option<AuthorRequest>,
    fields: Option<Vec<FieldRequest>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FooterRequest {
    text: Option<String>,
    icon_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MediaRequest {
    url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuthorRequest {
    name: Option<String>,
    url: Option<String>,
    icon_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FieldRequest {
    name: String,
    value: String,
    inline: Option<bool>,
}

impl From<EmbedRequest> for Embed {
    /// Empty texts count as absent, as they do with Discord.
    fn from(embed: EmbedRequest) -> Self {
        let media = |media: MediaRequest| filled(media.url).map(|url| EmbedMedia { url });
        Self {
            title: filled(embed.title),
            description: filled(embed.description),
            url: filled(embed.url),
            timestamp: embed.timestamp.map(|Ts(at)| at),
            color: embed.color,
            footer: embed.footer.and_then(|footer| {
                filled(footer.text).map(|text| EmbedFooter { text, icon_url: filled(footer.icon_url) })
            }),
            image: embed.image.and_then(media),
            thumbnail: embed.thumbnail.and_then(media),
            author: embed.author.and_then(|author| {
                filled(author.name).map(|name| EmbedAuthor {
                    name,
                    url: filled(author.url),
                    icon_url: filled(author.icon_url),
                })
            }),
            fields: embed
                .fields
                .unwrap_or_default()
                .into_iter()
                .map(|f| EmbedField { name: f.name, value: f.value, inline: f.inline.unwrap_or(false) })
                .collect(),
        }
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_embed_comes_back_as_it_was_sent() {
        let sent = json!({
            "type": "rich", "title": "t", "description": "d", "url": "https://example.org/", "color": 255,
            "timestamp": "2026-01-01T00:00:00.000000+00:00",
            "footer": {"text": "f", "icon_url": "https://example.org/f.png"},
            "image": {"url": "https://example.org/i.png"},
            "thumbnail": {"url": "https://example.org/t.png"},
            "author": {"name": "a", "url": "https://example.org/a"},
            "fields": [{"name": "n", "value": "v", "inline": true}],
        });
        let embed: Embed = serde_json::from_value::<EmbedRequest>(sent.clone()).unwrap().into();
        assert_eq!(serde_json::to_value(render(&embed)).unwrap(), sent);
        serde_json::from_value::<twilight_model::channel::message::Embed>(sent.clone()).unwrap();
        serde_json::from_value::<serenity::all::Embed>(sent).unwrap();
    }

    #[test]
    fn nulls_and_empty_texts_are_absent() {
        let sent =
            json!({"title": "", "fields": null, "footer": {"text": ""}, "image": {"url": null}, "x": 1});
        let embed: Embed = serde_json::from_value::<EmbedRequest>(sent).unwrap().into();
        assert_eq!(embed, Embed::default());
    }
}
