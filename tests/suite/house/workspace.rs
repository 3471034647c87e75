//! The workspace as cargo and git see it, read once for all rules. Owns no rule.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A package of the resolved graph for this machine.
pub(super) struct Package {
    pub(super) name: String,
    /// The SPDX expression of its manifest; empty when it has none.
    pub(super) licence: String,
    /// What its own manifest names, for building, testing and running alike.
    pub(super) direct: Vec<String>,
    pub(super) standing: Standing,
}

/// Whether a package is ours.
#[derive(PartialEq)]
pub(super) enum Standing {
    Ours,
    Theirs,
}

/// Every package that is built on this machine, dependencies of tests and build scripts included.
pub(super) fn packages() -> Vec<Package> {
    // Without the filter cargo would want packages of other systems, which nothing has downloaded.
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        &host(),
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let members = strings(&metadata["workspace_members"]);
    let built: Vec<&str> = array(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let in_graph = |package: &&Value| package["id"].as_str().is_some_and(|id| built.contains(&id));
    array(&metadata["packages"])
        .iter()
        .filter(in_graph)
        .map(|package| read_package(package, &members))
        .collect()
}

fn read_package(package: &Value, members: &[String]) -> Package {
    let ours = members.iter().any(|id| package["id"] == id.as_str());
    Package {
        name: package["name"].as_str().unwrap().to_owned(),
        licence: package["license"].as_str().unwrap_or_default().to_owned(),
        direct: array(&package["dependencies"])
            .iter()
            .map(|to| to["name"].as_str().unwrap().to_owned())
            .collect(),
        standing: if ours { Standing::Ours } else { Standing::Theirs },
    }
}

/// Our own packages alone.
pub(super) fn members() -> Vec<Package> {
    packages()
        .into_iter()
        .filter(|package| package.standing == Standing::Ours)
        .collect()
}

/// Names of all locked packages, those of other systems and of features nobody switched on included.
pub(super) fn locked_names() -> Vec<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let name = |line: &str| {
        line.strip_prefix("name = \"")?
            .strip_suffix('"')
            .map(str::to_owned)
    };
    lock.lines().filter_map(name).collect()
}

/// Names of all packages that are built on this machine, with their features as they are.
pub(super) fn built_names() -> Vec<String> {
    let tree = cargo(&[
        "tree",
        "--workspace",
        "--locked",
        "--offline",
        "--edges=normal,build,dev",
        "--prefix=none",
        "--format={p}",
    ]);
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    tree.lines().map(name).collect()
}

/// Files under version control or about to be, relative to the root, with their text. Lock files and binaries are left out.
pub(super) fn text_files() -> Vec<(PathBuf, String)> {
    let listed =
        run(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
    let is_lock =
        |path: &Path| path.extension().is_some_and(|it| it == "lock") || path.ends_with("package-lock.json");
    let read = |path: PathBuf| Some((path.clone(), std::fs::read_to_string(root().join(path)).ok()?));
    listed
        .split('\0')
        .map(PathBuf::from)
        .filter(|path| !is_lock(path))
        .filter_map(read)
        .collect()
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn host() -> String {
    let version = cargo(&["-vV"]);
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    run(Command::new(env!("CARGO")).args(arguments))
}

fn run(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    array(value)
        .iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}
