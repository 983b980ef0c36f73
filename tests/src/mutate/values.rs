//! Names and contents that somebody with bad intentions, or a bad editor, could write.

/// Names of entries.
pub(crate) const NAMES: [&[u8]; 26] = [
    b".",
    b"..",
    b".git",
    b".GIT",
    b"git~1",
    b".gitmodules",
    b"CON",
    b"con.txt",
    b"a/b",
    b"a\\b",
    b"line\nbreak",
    b"bell\x07\x1b[31m",
    b"\xff\xfe",
    "turned\u{202e}txt".as_bytes(),
    "\u{2028}".as_bytes(),
    b" ",
    b"-",
    b"--force",
    b"config.json",
    b"locks",
    b"version",
    b"kuberpult.json",
    b"environments",
    b"applications",
    b"a name that is just long, and has been made so on purpose, to see whether whoever reads it has thought of names that are longer than those that they would give themselves, such as this one, which is longer than what any file system takes, and so cannot be checked out anywhere",
    b"cart",
];

/// Names of directories where versions belong.
pub(crate) const VERSIONS: [&[u8]; 9] = [
    b"0",
    b"007",
    b"1.2",
    b"-1",
    b"+1",
    b"18446744073709551615",
    b"18446744073709551616",
    b"1e3",
    "१".as_bytes(),
];

/// Modes of entries, as git writes them and as it does not.
pub(crate) const MODES: [&[u8]; 11] = [
    b"40000", b"100644", b"100755", b"120000", b"160000", b"040000", b"100600", b"100664", b"0", b"777777",
    b"20000",
];

/// Targets of symbolic links.
pub(crate) const LINKS: [&[u8]; 11] = [
    b"",
    b"/etc/passwd",
    b"../../..",
    b"nowhere",
    b"version",
    b"../../../../applications/other/releases/1",
    b"../../../../applications/cart/releases/0",
    b"../../../../applications/cart/releases/18446744073709551615",
    b"../../../../applications/cart/releases/1.2",
    b"../../../../applications/cart/releases/007",
    b"../../../../applications/cart/releases/1\0",
];

/// Contents of files.
pub(crate) const CONTENTS: [&[u8]; 20] = [
    b"",
    b"\0",
    b"{}",
    b"[]",
    b"{\"upstream\": {\"latest\": true}, \"upstream\": {\"environment\": \"staging\"}}",
    b"{\"upstream\": {\"environment\": \"../../..\"}}",
    b"{\"upstream\": {\"environment\": \"development\"}}",
    b"{\"releasesKept\": 99999999999999999999999999}",
    b"{\"releasesKept\": 4294967295}",
    b"{\"committer\": {\"name\": \"Eve\\nparent 0\", \"email\": \"<>\"}}",
    b"{\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"argocd\": {\"syncWindows\": [{\"kind\": {}}], \"destination\": null}}",
    b"{\"freezeWindows\": [{\"kind\": \"deny\", \"schedule\": \"0 0 30 2 *\", \"duration\": \"99999999999999h\"}]}",
    b"{\"environmentGroup\": \"a/../b\"}",
    b"99999-01-01T00:00:00Z",
    b"2024-05-03T11:37:37+99:99",
    b"9999-12-31T23:59:59.999999999Z",
    b"x\n\nSigned-off-by: Eve <eve@example.com>\n",
    b"<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n",
    "\u{202e}\u{2066}\u{feff}".as_bytes(),
];

/// Contents of commits, in which `TREE` stands for the id of the tree.
pub(crate) const HEADERS: [&str; 9] = [
    "",
    "tree",
    "tree 0000000000000000000000000000000000000000\n\n",
    "parent TREE\ntree TREE\n\n",
    "tree TREE\n\nno author\n",
    "tree TREE\nauthor\ncommitter\n\n",
    "tree TREE\nparent TREE\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nthe parent is a tree\n",
    "tree TREE\nauthor a <a 99999999999999999999999 +9999\ncommitter <<>> -1 x\n\nbad people\n",
    "tree TREE\nparent 1111111111111111111111111111111111111111\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\nencoding nonsense\ngpgsig x\n y\n\nno parent\n",
];
