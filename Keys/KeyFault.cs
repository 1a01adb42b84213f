namespace Dtao.Keys;

/// <summary>What is wrong with a written secret or a key file. Numbers are stable.</summary>
public enum KeyFault : byte
{
    /// <summary>Nothing: the key was read.</summary>
    None = 0,
    /// <summary>A mnemonic has 12, 15, 18, 21, or 24 words.</summary>
    WordCount = 1,
    /// <summary>A word that is not in the English list.</summary>
    UnknownWord = 2,
    /// <summary>The words do not fit together: most often one is mistaken for another, or two are swapped.</summary>
    BadChecksum = 3,
    /// <summary>A seed is 0x and 64 hexadecimal digits.</summary>
    BadSeed = 4,
    /// <summary>A path is /soft or //hard parts, none of them empty.</summary>
    BadPath = 5,
    /// <summary>Soft parts need the algebra of sr25519; ed25519 has none.</summary>
    SoftNotPossible = 6,
    /// <summary>Not a file of the kind that was expected.</summary>
    BadFile = 7,
    /// <summary>The file is encrypted and no password was given.</summary>
    PasswordNeeded = 8,
    /// <summary>The password does not open the file, or the file was changed.</summary>
    WrongPassword = 9,
    /// <summary>The file's public key is not that of its secret.</summary>
    WrongPublicKey = 10,
    /// <summary>The file asks for more memory or work than a wallet's would.</summary>
    TooCostly = 11,
    /// <summary>An encryption that is not supported; see docs/reference/keys.md.</summary>
    UnknownEncryption = 12,
}
