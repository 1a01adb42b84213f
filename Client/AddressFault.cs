namespace Dtao.Client;

/// <summary>What is wrong with a written account. Numbers are stable.</summary>
public enum AddressFault : byte
{
    /// <summary>Nothing: the account was read.</summary>
    None = 0,
    /// <summary>A character that base58 does not have; 0, O, I and l are left out of it.</summary>
    BadCharacter = 1,
    /// <summary>Not the length of an account's address: an address decodes to 35 bytes, a public key has 64 hexadecimal digits.</summary>
    BadLength = 2,
    /// <summary>The checksum does not fit: most often a mistyped or a cut address.</summary>
    BadChecksum = 3,
    /// <summary>A sound address of another network; this ledger's prefix is 42.</summary>
    WrongPrefix = 4,
    /// <summary>A name like //Alice that is none of the development accounts.</summary>
    UnknownDevAccount = 5,
}
