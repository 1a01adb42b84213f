using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Economics.Ledger;

namespace Dtao.Cli.Commands;

/// <summary>The texts by which a subnet presents itself, each an option. One that is left out stays what it is.</summary>
internal sealed class SubnetIdentityOptions
{
    private readonly Option<string?>[] _options =
    [
        ValueOptions.Text("--subnet-name", "The subnet's name", "--sn-name"),
        ValueOptions.Text("--github-repo", "Where its code is", "--repo"),
        ValueOptions.Text("--subnet-contact", "Whom to ask", "--contact"),
        ValueOptions.Text("--subnet-url", "Its page", "--url"),
        ValueOptions.Text("--discord-handle", "Its Discord handle", "--discord"),
        ValueOptions.Text("--description", "What it does"),
        ValueOptions.Text("--logo-url", "Where its logo is"),
        ValueOptions.Text("--additional-info", "Anything else", "--additional"),
    ];

    public void AddTo(Command command)
    {
        foreach (var option in _options) command.Add(option);
    }

    /// <summary>The identity afterwards; null when there was none and no text is given.</summary>
    public IdentityDetail? Read(ParseResult parsed, IdentityDetail? before)
    {
        var given = Array.ConvertAll(_options, parsed.GetValue);
        if (before is null && Array.TrueForAll(given, text => text is null)) return null;
        var texts = given.Select((text, place) => text ?? before?.Texts[place] ?? string.Empty).ToArray();
        return new IdentityDetail(texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7]);
    }
}

/// <summary>The texts by which a coldkey presents itself, each an option. One that is left out stays what it is.</summary>
internal sealed class ColdkeyIdentityOptions
{
    private readonly Option<string?>[] _options =
    [
        ValueOptions.Text("--name", "The name to be shown", "--id-name"),
        ValueOptions.Text("--web-url", "A page"),
        ValueOptions.Text("--github", "Where code is", "--github-repo"),
        ValueOptions.Text("--image-url", "Where a picture is"),
        ValueOptions.Text("--discord", "A Discord handle"),
        ValueOptions.Text("--description", "Who this is"),
        ValueOptions.Text("--additional", "Anything else"),
    ];

    public void AddTo(Command command)
    {
        foreach (var option in _options) command.Add(option);
    }

    public ColdkeyIdentityDetail Read(ParseResult parsed, ColdkeyIdentityDetail? before)
    {
        var texts = _options.Select((option, place) => parsed.GetValue(option) ?? before?.Texts[place] ?? string.Empty).ToArray();
        return new ColdkeyIdentityDetail(texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6]);
    }
}
