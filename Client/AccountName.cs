using Dtao.Economics;

namespace Dtao.Client;

/// <summary>Reads an account as people write one: an SS58 address, 64 hexadecimal digits, or a development account such as <c>//Alice</c>.</summary>
public static class AccountName
{
    /// <summary>Reads an account; <paramref name="account"/> is all zeros unless the answer is <see cref="AddressFault.None"/>.</summary>
    public static AddressFault Parse(ReadOnlySpan<char> text, out AccountId account)
    {
        account = default;
        text = text.Trim();
        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            return DevAccounts.ByName.TryGetValue(text.ToString(), out account) ? AddressFault.None : AddressFault.UnknownDevAccount;
        }

        if (AccountId.TryParseHex(text, out account)) return AddressFault.None;
        // An address never starts with 0, so what does is a public key of the wrong length or with a wrong digit.
        if (!text.StartsWith("0x", StringComparison.Ordinal)) return Ss58.Decode(text, out account);
        return text.Length == 2 + (2 * AccountId.Length) ? AddressFault.BadCharacter : AddressFault.BadLength;
    }

    /// <summary>One sentence for the person who wrote the account.</summary>
    public static string Explain(AddressFault fault, string text) => fault switch
    {
        AddressFault.None => $"'{text}' is an account.",
        AddressFault.BadCharacter => $"'{text}' has a character that neither an SS58 address nor a public key can have.",
        AddressFault.BadLength => $"'{text}' has the wrong length: give an SS58 address, 64 hexadecimal digits, or a development account such as //Alice.",
        AddressFault.BadChecksum => $"The checksum of '{text}' is wrong: an address was mistyped or cut.",
        AddressFault.WrongPrefix => $"'{text}' is an address of another network; addresses here have prefix {Ss58.Prefix} and start with 5.",
        AddressFault.UnknownDevAccount => $"'{text}' is no development account; there are {string.Join(", ", DevAccounts.ByName.Keys.Order(StringComparer.Ordinal))}.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Unknown fault."),
    };
}
