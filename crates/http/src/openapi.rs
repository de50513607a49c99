//! `/api/openapi.json`: the route table as an OpenAPI description, for people who generate clients and compare servers. What the
//! routes take and answer is Discord's; bodies are described no further than that they are JSON objects or arrays.

use crate::router::{Access, RouteInfo, table};
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// The description, written once.
pub(crate) async fn get() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document(&table()).to_string());
    ([(CONTENT_TYPE, "application/json")], text.as_str()).into_response()
}

/// The description of these routes.
pub(crate) fn document(routes: &[RouteInfo]) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({ "parameters": parameters(route.path) }));
        if let Value::Object(path) = path {
            path.insert(route.method.as_str().to_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guildhall",
            "description": "Discord's REST API, version 10, as this server answers it. Request and answer bodies are those of Discord's documentation.",
            "version": "10",
        },
        "externalDocs": { "url": "https://docs.discord.com/developers/reference" },
        "servers": [{ "url": "/api/v10" }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "BotToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Bot ` and a bot's token.",
                },
                "UserToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "A person's token, with nothing before it.",
                },
            },
            "schemas": {
                "Snowflake": { "type": "string", "pattern": "^[1-9][0-9]{0,19}$" },
                "Error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {
                        "code": { "type": "integer", "description": "Discord's JSON error code; 0 where it has none." },
                        "message": { "type": "string" },
                        "errors": { "type": "object", "description": "Faults of a form, by field." },
                    },
                },
                "RateLimited": {
                    "type": "object",
                    "required": ["message", "retry_after", "global"],
                    "properties": {
                        "message": { "type": "string" },
                        "retry_after": { "type": "number", "description": "Seconds." },
                        "global": { "type": "boolean" },
                    },
                },
            },
            "responses": {
                "Error": {
                    "description": "Refused; nothing was changed.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } },
                },
                "RateLimited": {
                    "description": "Too often.",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/RateLimited" } } },
                },
            },
        },
    })
}

/// The names in a path, each with what it is.
fn parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            let schema = if name.ends_with("_id") {
                json!({ "$ref": "#/components/schemas/Snowflake" })
            } else {
                json!({ "type": "string" })
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect()
}

fn operation(route: &RouteInfo) -> Value {
    let method = route.method.as_str();
    let words = route.path.split('/').filter(|part| !part.is_empty());
    let name: Vec<String> =
        words.clone().map(|part| part.replace(['{', '}'], "").replace('@', "").replace('-', "_")).collect();
    let security = match route.access {
        Access::Anyone => json!([]),
        Access::User => json!([{ "UserToken": [] }]),
        Access::Bot => json!([{ "BotToken": [] }]),
        Access::Account => json!([{ "UserToken": [] }, { "BotToken": [] }]),
    };
    let mut operation = json!({
        "operationId": format!("{}_{}", method.to_lowercase(), name.join("_")),
        "tags": words.take(1).collect::<Vec<_>>(),
        "security": security,
        "responses": {
            "2XX": { "description": "As Discord documents it: a JSON body, or 204 without one." },
            "429": { "$ref": "#/components/responses/RateLimited" },
            "4XX": { "$ref": "#/components/responses/Error" },
            "5XX": { "$ref": "#/components/responses/Error" },
        },
    });
    if matches!(method, "POST" | "PUT" | "PATCH")
        && let Value::Object(operation) = &mut operation
    {
        let body = json!({ "required": false, "content": { "application/json": { "schema": {} } } });
        operation.insert("requestBody".to_owned(), body);
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_route_is_described_under_a_name_of_its_own() {
        let routes = table();
        let document = document(&routes);
        let mut names = HashSet::new();
        for route in &routes {
            let method = route.method.as_str().to_lowercase();
            let operation = &document["paths"][route.path][&method];
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
            let public = operation["security"].as_array().unwrap().is_empty();
            assert_eq!(public, route.access == Access::Anyone, "{method} {}", route.path);
            let named = route.path.matches('{').count();
            assert_eq!(document["paths"][route.path]["parameters"].as_array().unwrap().len(), named);
        }
    }
}
