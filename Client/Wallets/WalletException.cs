using Dtao.Keys;

namespace Dtao.Client.Wallets;

/// <summary>A wallet that cannot be read or written; the message says what to do. Never carries a secret.</summary>
/// <param name="fault">What is wrong with the key or its file; None where it is the file system.</param>
public sealed class WalletException(KeyFault fault, string message) : Exception(message)
{
    public KeyFault Fault { get; } = fault;
}

/// <summary>Sentences for those who wrote a secret or a password.</summary>
public static class KeyFaultText
{
    public static string Explain(KeyFault fault) => fault switch
    {
        KeyFault.None => "The key was read.",
        KeyFault.WordCount => "A mnemonic has 12, 15, 18, 21, or 24 words.",
        KeyFault.UnknownWord => "A word is not in BIP39's English list; words are written in small letters.",
        KeyFault.BadChecksum => "The words do not fit together: one is mistaken for another, or two are swapped.",
        KeyFault.BadSeed => "A seed is 0x and 64 hexadecimal digits.",
        KeyFault.BadPath => "A path has /soft or //hard parts, none of them empty.",
        KeyFault.SoftNotPossible => "ed25519 has hard parts (//part) only.",
        KeyFault.BadFile => "The file is no key file of the kind that was expected, or has no secret.",
        KeyFault.PasswordNeeded => "The file is encrypted: a password is needed.",
        KeyFault.WrongPassword => "The password does not open the file, or the file was changed.",
        KeyFault.WrongPublicKey => "The public key in the file is not that of its secret: do not use it.",
        KeyFault.TooCostly => "The file asks for more memory or work than a wallet's would.",
        KeyFault.UnknownEncryption => "The file is encrypted in an older way that is not supported: import the mnemonic instead.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Unknown fault."),
    };
}
