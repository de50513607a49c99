//! `mysql://user:password@one:3306,two:3306,three:3306/database`: one account on several servers.

use percent_encoding::percent_decode_str;

/// The port where the URL names none.
const PORT: u16 = 3306;

/// Where the servers are and who is to be told that one is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) hosts: Vec<(String, u16)>,
    /// Everything before the hosts, and the database with what follows it: as they are in the URL.
    head: String,
    tail: String,
    /// The database's name.
    pub(crate) database: String,
}

impl Address {
    /// What is wrong with it never repeats the password.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let rest = url
            .strip_prefix("mysql://")
            .or_else(|| url.strip_prefix("mariadb://"))
            .ok_or("the directory's URL does not begin with mysql://")?;
        let (authority, path) = rest.split_once('/').ok_or("the directory's URL names no database")?;
        let (account, hosts) = match authority.rsplit_once('@') {
            Some((account, hosts)) => (format!("{account}@"), hosts),
            None => (String::new(), authority),
        };
        let name = path.split('?').next().unwrap_or_default();
        let database = percent_decode_str(name)
            .decode_utf8()
            .map_err(|_| "the directory's URL names a database that is not valid Unicode")?
            .into_owned();
        if database.is_empty() {
            return Err("the directory's URL names no database".into());
        }
        let hosts = hosts.split(',').map(host).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { hosts, head: format!("mysql://{account}"), tail: format!("/{path}"), database })
    }

    /// The URL of one server alone.
    pub(crate) fn url(&self, (host, port): &(String, u16)) -> String {
        format!("{}{host}:{port}{}", self.head, self.tail)
    }
}

fn host(text: &str) -> Result<(String, u16), String> {
    // An IPv6 address stands in brackets, with colons of its own.
    let colon = text.rfind(':').filter(|colon| text.rfind(']').is_none_or(|bracket| bracket < *colon));
    let (name, port) = match colon {
        Some(colon) => text.split_at(colon),
        None => (text, ""),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| format!("the directory's URL names no port in {text:?}"))?,
        None => PORT,
    };
    match name {
        "" => Err("the directory's URL names no host".into()),
        name => Ok((name.to_owned(), port)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_servers_are_taken_apart_and_passwords_stay_as_they_are() {
        let address =
            Address::parse("mysql://g:p%40s%2Cs@a:1,b,[::1]:3/guild%68all?charset=utf8mb4").unwrap();
        assert_eq!(address.database, "guildhall");
        let urls: Vec<String> = address.hosts.iter().map(|host| address.url(host)).collect();
        assert_eq!(
            urls,
            [
                "mysql://g:p%40s%2Cs@a:1/guild%68all?charset=utf8mb4",
                "mysql://g:p%40s%2Cs@b:3306/guild%68all?charset=utf8mb4",
                "mysql://g:p%40s%2Cs@[::1]:3/guild%68all?charset=utf8mb4",
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_its_password() {
        for (url, said) in [
            ("postgres://a:secret@b/c", "mysql://"),
            ("mysql://a:secret@b", "no database"),
            ("mysql://a:secret@b/", "no database"),
            ("mysql://a:secret@b:x/c", "no port"),
            ("mysql://a:secret@b,,c/d", "no host"),
        ] {
            let why = Address::parse(url).err().unwrap();
            assert!(why.contains(said) && !why.contains("secret"), "{url}: {why}");
        }
    }
}
