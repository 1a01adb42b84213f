using System.Globalization;
using System.Text.Json.Nodes;

namespace Dtao.Hosting.Chaos;

/// <summary>Of a thousand storage requests, how many meet which fault. What is left goes through untouched.</summary>
/// <param name="Delayed">Sent late, by up to <paramref name="DelayMillisecondsMax"/>.</param>
/// <param name="NotSent">The connection breaks before the service sees the request.</param>
/// <param name="Refused">The service seems too busy, and does nothing.</param>
/// <param name="AnswerLost">The service does it, and the connection breaks before the answer.</param>
/// <param name="OtherAnswer">The service does it, and the answer is an error that does not say so.</param>
public sealed record FaultRates(int Delayed, int DelayMillisecondsMax, int NotSent, int Refused, int AnswerLost, int OtherAnswer)
{
    public const int Whole = 1_000;

    public static FaultRates None { get; } = new(0, 0, 0, 0, 0, 0);

    public int Sum => Delayed + NotSent + Refused + AnswerLost + OtherAnswer;

    public bool IsNone => Sum == 0;

    /// <summary>Null when the text is none: a file that is being written, or that somebody else made.</summary>
    public static FaultRates? Parse(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject json) return null;
            var rates = new FaultRates(Read("delayed"), Read("delay_ms_max"), Read("not_sent"), Read("refused"), Read("answer_lost"), Read("other_answer"));
            return rates.Sum <= Whole ? rates : null;

            int Read(string name) => json[name]?.GetValue<int>() is { } number and >= 0 ? number : throw new FormatException(name);
        }
        catch (Exception malformed) when (malformed is System.Text.Json.JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    public JsonObject ToJson() => new()
    {
        ["delayed"] = Delayed,
        ["delay_ms_max"] = DelayMillisecondsMax,
        ["not_sent"] = NotSent,
        ["refused"] = Refused,
        ["answer_lost"] = AnswerLost,
        ["other_answer"] = OtherAnswer,
    };

    /// <summary>Beside its place first, and then renamed: whoever reads the file sees the old rates or the new ones.</summary>
    public void Write(string file)
    {
        File.WriteAllText(file + ".new", ToJson().ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    public override string ToString() => IsNone
        ? "none"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"of 1,000 requests {Delayed} delayed by up to {DelayMillisecondsMax} ms, {NotSent} not sent, {Refused} refused, {AnswerLost} done and unanswered, {OtherAnswer} done and answered otherwise");
}
