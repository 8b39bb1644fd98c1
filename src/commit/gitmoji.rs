//! Emoji in front of a subject. Those of the gitmoji convention mean a bump where no type says more; others are decoration.

use super::Bump;

/// The gitmoji that change the version, as a character and as a short code.
/// Source: the `semver` field of the convention's list, <https://gitmoji.dev/api/gitmojis>.
const MOVING: [(char, &str, Bump); 33] = [
    ('💥', "boom", Bump::Major),
    ('✨', "sparkles", Bump::Minor),
    ('⚡', "zap", Bump::Patch),
    ('🐛', "bug", Bump::Patch),
    ('🚑', "ambulance", Bump::Patch),
    ('💄', "lipstick", Bump::Patch),
    ('🔒', "lock", Bump::Patch),
    ('⬇', "arrow_down", Bump::Patch),
    ('⬆', "arrow_up", Bump::Patch),
    ('📌', "pushpin", Bump::Patch),
    ('📈', "chart_with_upwards_trend", Bump::Patch),
    ('➕', "heavy_plus_sign", Bump::Patch),
    ('➖', "heavy_minus_sign", Bump::Patch),
    ('🔧', "wrench", Bump::Patch),
    ('🌐', "globe_with_meridians", Bump::Patch),
    ('✏', "pencil2", Bump::Patch),
    ('⏪', "rewind", Bump::Patch),
    ('📦', "package", Bump::Patch),
    ('👽', "alien", Bump::Patch),
    ('🍱', "bento", Bump::Patch),
    ('♿', "wheelchair", Bump::Patch),
    ('💬', "speech_balloon", Bump::Patch),
    ('🗃', "card_file_box", Bump::Patch),
    ('🚸', "children_crossing", Bump::Patch),
    ('📱', "iphone", Bump::Patch),
    ('🥅', "goal_net", Bump::Patch),
    ('💫', "dizzy", Bump::Patch),
    ('🗑', "wastebasket", Bump::Patch),
    ('🛂', "passport_control", Bump::Patch),
    ('🩹', "adhesive_bandage", Bump::Patch),
    ('👔', "necktie", Bump::Patch),
    ('🦺', "safety_vest", Bump::Patch),
    ('🏷', "label", Bump::Patch),
];

/// The gitmoji that don't.
const QUIET: [(char, &str); 36] = [
    ('🎨', "art"),
    ('🔥', "fire"),
    ('📝', "memo"),
    ('🚀', "rocket"),
    ('🎉', "tada"),
    ('✅', "white_check_mark"),
    ('🔐', "closed_lock_with_key"),
    ('🔖', "bookmark"),
    ('🚨', "rotating_light"),
    ('🚧', "construction"),
    ('💚', "green_heart"),
    ('👷', "construction_worker"),
    ('♻', "recycle"),
    ('🔨', "hammer"),
    ('💩', "poop"),
    ('🔀', "twisted_rightwards_arrows"),
    ('🚚', "truck"),
    ('📄', "page_facing_up"),
    ('💡', "bulb"),
    ('🍻', "beers"),
    ('🔊', "loud_sound"),
    ('🔇', "mute"),
    ('👥', "busts_in_silhouette"),
    ('🏗', "building_construction"),
    ('🤡', "clown_face"),
    ('🥚', "egg"),
    ('🙈', "see_no_evil"),
    ('📸', "camera_flash"),
    ('⚗', "alembic"),
    ('🔍', "mag"),
    ('🌱', "seedling"),
    ('🚩', "triangular_flag_on_post"),
    ('⚰', "coffin"),
    ('🧪', "test_tube"),
    ('🧱', "bricks"),
    ('🧑', "technologist"),
];

/// What follows an emoji at the beginning of `text`, and the bump that the convention gives it, if it is part of it.
pub(super) fn strip(text: &[u8]) -> Option<(&[u8], Option<Bump>)> {
    if let Some(rest) = text.strip_prefix(b":") {
        let end = rest.iter().position(|byte| !is_of_code(*byte))?;
        let code = std::str::from_utf8(&rest[..end]).ok().filter(|code| !code.is_empty())?;
        let rest = rest[end..].strip_prefix(b":")?;
        return Some((rest, bump(|_, name| name == code)));
    }
    if text.first()?.is_ascii() {
        return None;
    }
    let valid = text.utf8_chunks().next()?.valid();
    let emoji = valid.chars().next().filter(|character| is_emoji(*character))?;
    let length = length_of_emoji(valid);
    Some((&text[length..], bump(|character, _| character == emoji)))
}

/// Length in bytes of the emoji that `text` starts with, and of whatever is joined to it.
fn length_of_emoji(text: &str) -> usize {
    let mut joined = true;
    let end = text.char_indices().find(|(_, character)| {
        let goes_on = is_joiner(*character) || joined && is_emoji(*character);
        joined = *character == ZERO_WIDTH_JOINER;
        !goes_on
    });
    end.map_or(text.len(), |(offset, _)| offset)
}

const ZERO_WIDTH_JOINER: char = '\u{200d}';

fn is_of_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

fn bump(is_it: impl Fn(char, &str) -> bool) -> Option<Bump> {
    let moving = MOVING.iter().find(|(character, name, _)| is_it(*character, name)).map(|(_, _, bump)| *bump);
    moving.or_else(|| QUIET.iter().any(|(character, name)| is_it(*character, name)).then_some(Bump::None))
}

/// Whether a character is a pictograph, by Unicode's blocks of them.
fn is_emoji(character: char) -> bool {
    matches!(u32::from(character), 0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x2BFF | 0x3030 | 0x303D | 0x1F000..=0x1FAFF)
}

/// Whether a character only shapes the pictograph before it.
fn is_joiner(character: char) -> bool {
    matches!(u32::from(character), 0x200D | 0x20E3 | 0xFE0E | 0xFE0F | 0xE0020..=0xE007F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_and_short_codes() {
        for (text, rest, bump) in [
            ("✨ feat: x", " feat: x", Some(Bump::Minor)),
            (":sparkles: x", " x", Some(Bump::Minor)),
            ("⚡️x", "x", Some(Bump::Patch)),
            ("🧑‍💻 x", " x", Some(Bump::None)),
            (":t-rex: x", " x", None),
            ("🦀 x", " x", None),
            ("💥", "", Some(Bump::Major)),
        ] {
            assert_eq!(strip(text.as_bytes()), Some((rest.as_bytes(), bump)), "{text}");
        }
        for text in ["", "x", ": x", "::", ":a b:", "é", "功能", "\u{ff}"] {
            assert_eq!(strip(text.as_bytes()), None, "{text}");
        }
        assert_eq!(strip(b"\xff\xfe"), None);
    }
}
