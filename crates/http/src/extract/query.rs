//! The query string, read as leniently as Discord reads it: unknown parameters and empty values are ignored.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use model::Timestamp;
use std::str::FromStr;

/// The parameters of a query.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

/// More parameters than any route knows are ignored.
const PARAMS: usize = 64;

impl Query {
    fn new(uri: &Uri) -> Self {
        let mut params = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map(|axum::extract::Query(params)| params)
            .unwrap_or_default();
        params.truncate(PARAMS);
        Self(params)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// An id.
    pub(crate) fn id<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name).map(|text| text.parse().map_err(|_| not_a_snowflake(name, text))).transpose()
    }

    /// Text.
    pub(crate) fn string(&self, name: &str) -> Option<&str> {
        self.text(name)
    }

    /// Ids: the key once for each, or once with commas between them.
    pub(crate) fn ids<T: FromStr>(&self, name: &str) -> Result<Vec<T>, ApiError> {
        let values = self.0.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| not_a_snowflake(name, text)))
            .collect()
    }

    /// A moment.
    pub(crate) fn timestamp(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // A plus sign that was not encoded arrives as a space.
        match wire::Ts::parse(&text.replace(' ', "+")) {
            Some(wire::Ts(at)) => Ok(Some(at)),
            None => {
                let shown: String = text.chars().take(64).collect();
                let message = format!("Could not parse {shown}. Should be ISO8601.");
                Err(ApiError::field(name, "DATE_TIME_TYPE_PARSE", message))
            }
        }
    }

    /// `limit`: from 1 to `max`, or what is usual.
    pub(crate) fn limit(&self, usual: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.text("limit") else { return Ok(usual) };
        let Ok(limit) = text.parse::<i64>() else {
            let shown: String = text.chars().take(64).collect();
            let message = format!("Value \"{shown}\" is not int.");
            return Err(ApiError::field("limit", "NUMBER_TYPE_COERCE", message));
        };
        if limit < 1 {
            let message = "int value should be greater than or equal to 1.";
            return Err(ApiError::field("limit", "NUMBER_TYPE_MIN", message));
        }
        match usize::try_from(limit) {
            Ok(limit) if limit <= max => Ok(limit),
            _ => {
                let message = format!("int value should be less than or equal to {max}.");
                Err(ApiError::field("limit", "NUMBER_TYPE_MAX", message))
            }
        }
    }

    /// A switch: on for `true`, `True` and `1`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), Some("true" | "True" | "1"))
    }

    /// A switch that is on when nobody says: off for all that [`Query::flag`] does not take for on.
    pub(crate) fn flag_unless_off(&self, name: &str) -> bool {
        self.text(name).is_none() || self.flag(name)
    }

    /// A small number; `None` if it is missing or is none.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self::new(&parts.uri))
    }
}

/// The refusal of a text that is no id.
pub(super) fn not_a_snowflake(name: &str, text: &str) -> ApiError {
    let shown: String = text.chars().take(64).collect();
    ApiError::field(name, "NUMBER_TYPE_COERCE", format!("Value \"{shown}\" is not snowflake."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MessageId;

    fn query(text: &str) -> Query {
        Query::new(&format!("/x?{text}").parse().unwrap())
    }

    #[test]
    fn limits_have_a_default_and_bounds() {
        assert_eq!(query("").limit(50, 100).unwrap(), 50);
        assert_eq!(query("limit=").limit(50, 100).unwrap(), 50);
        assert_eq!(query("limit=100&x=y").limit(50, 100).unwrap(), 100);
        for bad in ["0", "-1", "101", "x", "99999999999999999999"] {
            assert!(query(&format!("limit={bad}")).limit(50, 100).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_moments_and_switches() {
        assert_eq!(query("before=7").id("before").unwrap(), MessageId::new(7));
        assert_eq!(query("after=7").id::<MessageId>("before").unwrap(), None);
        assert!(query("before=x").id::<MessageId>("before").is_err());
        assert!(query("a=true").flag("a") && query("a=1").flag("a") && !query("a=0").flag("a"));
        assert!(query("a=true").flag_unless_off("a") && query("a=").flag_unless_off("a"));
        assert!(!query("a=false").flag_unless_off("a") && !query("a=0").flag_unless_off("a"));
        let at = Some(Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(query("before=2023-11-14T22:13:20%2B00:00").timestamp("before").unwrap(), at);
        assert_eq!(query("before=2023-11-14T22:13:20+00:00").timestamp("before").unwrap(), at);
        assert!(query("before=now").timestamp("before").is_err());
    }
}
