using System.Globalization;
using Dtao.Api.Json;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Api.Requests;

/// <summary>The parameters that many endpoints share, and the makers of others.</summary>
internal static class Parameters
{
    /// <summary>Rows on a page unless more or fewer are asked for.</summary>
    public const int LimitDefault = 50;

    /// <summary>Rows on a page, at most.</summary>
    public const int LimitMax = 200;

    private const int PageMax = 1_000_000;

    public static Parameter<int> Page { get; } = Number("page", "Which page, from 1 on.", 1, PageMax).Or(1);

    public static Parameter<int> Limit { get; } = Number("limit", "Rows on a page.", 1, LimitMax).Or(LimitDefault);

    public static Parameter<NetUid> Netuid { get; } = Subnet("netuid", "A subnet's number; 0 is root.");

    public static Parameter<AccountId> Coldkey { get; } = Account("coldkey", "A wallet's key.");

    public static Parameter<AccountId> Hotkey { get; } = Account("hotkey", "An operator's key.");

    public static Parameter<int> Number(string name, string description, int lowest, int highest) =>
        new(name, description, text => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest, value))
        {
            IsNumber = true,
            Minimum = lowest,
            Maximum = highest,
            Allowed = string.Create(CultureInfo.InvariantCulture, $"a whole number from {lowest} to {highest}"),
        };

    /// <summary>A block, or another count of 64 bits.</summary>
    public static Parameter<ulong> Count(string name, string description) =>
        new(name, description, text => (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue, value))
        {
            IsNumber = true,
            Minimum = 0,
            Maximum = long.MaxValue,
            Allowed = "a whole number from 0 on",
            Example = "100",
        };

    public static Parameter<NetUid> Subnet(string name, string description) =>
        new(name, description, text => (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value), new NetUid(value)))
        {
            IsNumber = true,
            Minimum = 0,
            Maximum = ushort.MaxValue,
            Allowed = "a subnet's number from 0 to 65535",
            Example = "1",
        };

    public static Parameter<AccountId> Account(string name, string description) =>
        new(name, $"{description} An SS58 address, 64 hexadecimal digits, or a development account such as //Alice.",
            text => (AccountName.Parse(text, out var account) == AddressFault.None, account))
        {
            Allowed = "an SS58 address, 64 hexadecimal digits, or a development account such as //Alice",
            Example = "//Alice",
        };

    public static Parameter<ulong> Rao(string name, string description) => new(name, description, text => (Json.Rao.TryParse(text, out var rao), rao))
    {
        LengthMax = 20,
        Allowed = "whole rao, such as 1000000000 for 1 TAO",
        Example = "1000000000",
    };

    public static Parameter<bool> Flag(string name, string description) => new(name, description, text => (text is "true" or "false", text == "true"))
    {
        Words = ["true", "false"],
        Allowed = "true or false",
    };

    /// <summary>One of some words.</summary>
    public static Parameter<string> Word(string name, string description, params IReadOnlyList<string> words) => new(name, description, text => (words.Contains(text), text))
    {
        Words = words,
        Allowed = $"one of {string.Join(", ", words)}",
        Example = words[0],
    };

    /// <summary>The order of a list, as taostats names orders: a field, and <c>_asc</c> or <c>_desc</c>.</summary>
    public static Parameter<string> Order(string unset, params IReadOnlyList<string> fields) =>
        Word("order", "By which field, and whether the lowest or the highest comes first.", [.. fields.SelectMany(field => new[] { $"{field}_asc", $"{field}_desc" })]).Or(unset);

    public static Parameter<string> Text(string name, string description, int lengthMax, string example) =>
        new(name, description, text => (text.Length > 0, text)) { LengthMax = lengthMax, Allowed = string.Create(CultureInfo.InvariantCulture, $"text of 1 to {lengthMax} characters"), Example = example };

    /// <summary>A part of the path.</summary>
    public static Parameter<string> Path(string name, string description, string example) =>
        Text(name, description, 100, example) with { Place = ParameterPlace.Path, IsRequired = true };

    /// <summary>The same parameter, as a part of the path.</summary>
    public static Parameter<T> InPath<T>(this Parameter<T> parameter)
        where T : notnull => parameter with { Place = ParameterPlace.Path, IsRequired = true };
}
