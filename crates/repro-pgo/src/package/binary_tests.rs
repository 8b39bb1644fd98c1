//! Binaries of other platforms, made of nothing but the headers that name their libraries.

use super::*;

/// A PE file that imports from these libraries.
fn pe(libraries: &[&str]) -> Vec<u8> {
    let (section_rva, section_offset) = (0x1000_u32, 0x200_usize);
    let mut section = vec![0; 20 * (libraries.len() + 1)];
    for (index, library) in libraries.iter().enumerate() {
        let name_rva = section_rva + u32::try_from(section.len()).expect("it is small");
        let descriptor = &mut section[20 * index..20 * (index + 1)];
        // Tables of functions, which nobody looks at, and the library's name.
        descriptor[0..4].copy_from_slice(&section_rva.to_le_bytes());
        descriptor[12..16].copy_from_slice(&name_rva.to_le_bytes());
        descriptor[16..20].copy_from_slice(&section_rva.to_le_bytes());
        section.extend(library.bytes().chain([0]));
    }
    let size = u32::try_from(section.len()).expect("it is small");
    let mut file = vec![0; section_offset];
    let mut put = |offset: usize, bytes: &[u8]| file[offset..offset + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x40_u32.to_le_bytes());
    put(0x40, b"PE\0\0");
    put(0x44, &0x8664_u16.to_le_bytes());
    put(0x46, &1_u16.to_le_bytes());
    put(0x54, &240_u16.to_le_bytes());
    put(0x58, &0x20b_u16.to_le_bytes());
    put(0x58 + 32, &0x1000_u32.to_le_bytes());
    put(0x58 + 36, &0x200_u32.to_le_bytes());
    put(0x58 + 108, &16_u32.to_le_bytes());
    put(0x58 + 112 + 8, &section_rva.to_le_bytes());
    put(0x58 + 112 + 12, &size.to_le_bytes());
    let header = 0x58 + 240;
    put(header, b".idata");
    put(header + 8, &size.to_le_bytes());
    put(header + 12, &section_rva.to_le_bytes());
    put(header + 16, &size.to_le_bytes());
    put(header + 20, &u32::try_from(section_offset).expect("it is small").to_le_bytes());
    file.extend(section);
    file
}

/// A Mach-O file for 64-bit ARM that loads these libraries.
fn mach_o(libraries: &[&str]) -> Vec<u8> {
    let commands: Vec<Vec<u8>> = libraries
        .iter()
        .map(|library| {
            let length = (24 + library.len() + 1).next_multiple_of(8);
            let words = [macho::LC_LOAD_DYLIB.0, u32::try_from(length).expect("it is small"), 24, 2, 0, 0];
            let mut command: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            command.extend(library.bytes());
            command.resize(length, 0);
            command
        })
        .collect();
    let number = |length: usize| u32::try_from(length).expect("it is small");
    let size = commands.iter().map(Vec::len).sum();
    let header = [0xfeed_facf, 0x0100_000c, 0, 2, number(commands.len()), number(size), 0, 0];
    header.iter().flat_map(|word| word.to_le_bytes()).chain(commands.into_iter().flatten()).collect()
}

#[test]
fn a_library_that_windows_lacks_is_named() {
    assert_eq!(problem(&pe(&["KERNEL32.dll", "api-ms-win-crt-runtime-l1-1-0.dll", "ntdll.dll"])), None);
    for library in ["libgcc_s_seh-1.dll", "libwinpthread-1.dll", "VCRUNTIME140.dll"] {
        let told = problem(&pe(&["KERNEL32.dll", library])).unwrap_or_default();
        assert!(told.contains(&library.to_ascii_lowercase()) && told.contains("Windows doesn't have"), "{told}");
    }
}

#[test]
fn a_library_that_macos_lacks_is_named() {
    assert_eq!(
        problem(&mach_o(&["/usr/lib/libSystem.B.dylib", "/System/Library/Frameworks/Security.framework/S"])),
        None
    );
    let iconv = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-libiconv-113/lib/libiconv.2.dylib";
    let told = problem(&mach_o(&["/usr/lib/libSystem.B.dylib", iconv])).unwrap_or_default();
    assert!(told.contains(iconv) && told.contains("install_name_tool"), "{told}");
    let told = problem(&mach_o(&["@rpath/libother.dylib"])).unwrap_or_default();
    assert!(told.contains("@rpath/libother.dylib"), "{told}");
}

#[test]
fn a_path_of_the_store_is_refused_on_every_platform() {
    for mut binary in [pe(&["KERNEL32.dll"]), mach_o(&["/usr/lib/libSystem.B.dylib"]), b"\x7fELF anything".to_vec()] {
        assert_eq!(problem(&binary), None);
        binary.extend(b"\0/nix/store/0123456789abcdfghijklmnpqrsvwxyz-glibc/lib/ld.so\0more");
        let told = problem(&binary).unwrap_or_default();
        assert!(told.contains("names /nix/store/0123456789abcdfghijklmnpqrsvwxyz-glibc/lib/ld.so,"), "{told}");
    }
    assert_eq!(problem(b"\x7fELF a program that speaks of /nix/store/ and of what lies there"), None);
}

#[test]
fn a_damaged_file_is_no_binary() {
    let whole = pe(&["KERNEL32.dll"]);
    assert!(problem(&whole[..whole.len() - 20]).unwrap_or_default().contains("damaged PE file"));
    let whole = mach_o(&["/usr/lib/libSystem.B.dylib"]);
    assert!(problem(&whole[..whole.len() - 8]).unwrap_or_default().contains("damaged Mach-O file"));
}
