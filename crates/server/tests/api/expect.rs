//! Whole answers, with marks where a value is only known by its form.

use serde_json::Value;

/// That the answer is exactly this: the same keys, the same values. In `expected`, `"<id>"` stands for any Snowflake,
/// `"<time>"` for any timestamp of Discord's form, `"<text>"` for any text, `"<any>"` for anything.
#[track_caller]
pub(crate) fn same(actual: &Value, expected: &Value) {
    if let Err(at) = compare(actual, expected, "$") {
        panic!("{at}\n  is: {actual}\n  expected: {expected}");
    }
}

fn compare(actual: &Value, expected: &Value, at: &str) -> Result<(), String> {
    match (actual, expected) {
        (Value::Object(a), Value::Object(e)) => {
            if let Some(key) = a.keys().find(|key| !e.contains_key(*key)) {
                return Err(format!("{at}.{key} was not expected"));
            }
            for (key, expected) in e {
                let actual = a.get(key).ok_or_else(|| format!("{at}.{key} is missing"))?;
                compare(actual, expected, &format!("{at}.{key}"))?;
            }
            Ok(())
        }
        (Value::Array(a), Value::Array(e)) => {
            if a.len() != e.len() {
                return Err(format!("{at} has {} elements, not {}", a.len(), e.len()));
            }
            a.iter().zip(e).enumerate().try_for_each(|(i, (a, e))| compare(a, e, &format!("{at}[{i}]")))
        }
        (_, Value::String(mark)) if mark == "<any>" => Ok(()),
        (Value::String(text), Value::String(mark)) if mark == "<id>" => {
            let id = text.parse::<model::UserId>().is_ok_and(|id| id.get() > 1 << 40);
            if id { Ok(()) } else { Err(format!("{at}: {text:?} is no snowflake")) }
        }
        (Value::String(text), Value::String(mark)) if mark == "<time>" => {
            let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            if form == "0000-00-00T00:00:00.000000+00:00" {
                Ok(())
            } else {
                Err(format!("{at}: {text:?} is no timestamp"))
            }
        }
        (Value::String(_), Value::String(mark)) if mark == "<text>" => Ok(()),
        _ if actual == expected => Ok(()),
        _ => Err(format!("{at} is {actual}, not {expected}")),
    }
}
