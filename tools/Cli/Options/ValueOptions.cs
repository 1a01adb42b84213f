using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Options;

/// <summary>Options that read one value, each saying what is wrong with a bad one.</summary>
internal static class ValueOptions
{
    public static Option<AccountId?> Account(string name, string description, bool required, params string[] aliases) => new(name, aliases)
    {
        Description = description + " (SS58, 64 hexadecimal digits, or a development account such as //Alice)",
        Required = required,
        CustomParser = ReadAccount,
    };

    /// <summary>The wallet that a command looks at.</summary>
    public static Option<AccountId?> Wallet(string description) => Account("--coldkey", description, true, "--ss58", "--ss58-address");

    /// <summary>A text of any letters; what is left out is null, and an empty one is empty.</summary>
    public static Option<string?> Text(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    public static Option<NetUid?> Netuid(string name, string description, bool required, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        Required = required,
        CustomParser = ReadNetuid,
    };

    /// <summary>An amount in whole units with up to nine decimals, as rao.</summary>
    public static Option<ulong?> Amount(string name, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        CustomParser = ReadAmount,
    };

    public static Option<BlockNumber?> Block(string name, string description, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        CustomParser = ReadBlock,
    };

    public static Option<OperationTicket?> Operation() => new("--operation")
    {
        Description = "Repeat an earlier operation: its id and last valid block as printed, 'id@block'. It takes effect once in all.",
        CustomParser = result =>
        {
            var text = Single(result);
            if (OperationTicket.TryParse(text, out var ticket)) return ticket;
            result.AddError($"'{text}' is no operation: give it as it was printed, 32 hexadecimal digits, '@', and a block number.");
            return null;
        },
    };

    /// <summary>Numbers of 0 to 65535 with commas between.</summary>
    public static Option<ushort[]?> ShortNumbers(string name, string description, bool required, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        Required = required,
        CustomParser = result =>
        {
            var parts = Single(result).Split(',');
            var numbers = new ushort[parts.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                if (ushort.TryParse(parts[i].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) continue;
                result.AddError($"'{parts[i]}' is no number of 0 to {ushort.MaxValue}.");
                return null;
            }

            return numbers;
        },
    };

    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    private static AccountId? ReadAccount(ArgumentResult result)
    {
        var text = Single(result);
        var fault = AccountName.Parse(text, out var account);
        if (fault == AddressFault.None) return account;
        result.AddError(AccountName.Explain(fault, text));
        return null;
    }

    private static NetUid? ReadNetuid(ArgumentResult result)
    {
        var text = Single(result);
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new NetUid(number);
        result.AddError($"'{text}' is no subnet number: write 0 to {ushort.MaxValue}.");
        return null;
    }

    private static ulong? ReadAmount(ArgumentResult result)
    {
        var text = Single(result);
        var fault = AmountText.Parse(text, out var rao);
        if (fault == AmountFault.None) return rao;
        result.AddError(AmountText.Explain(fault, text));
        return null;
    }

    private static BlockNumber? ReadBlock(ArgumentResult result)
    {
        var text = Single(result);
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new BlockNumber(number);
        result.AddError($"'{text}' is no block number.");
        return null;
    }

    private static string Single(ArgumentResult result) => result.Tokens.Count == 0 ? string.Empty : result.Tokens[^1].Value;
}
