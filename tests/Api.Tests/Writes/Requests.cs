using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dtao.Economics;
using Xunit;

namespace Dtao.Api.Tests.Writes;

/// <summary>Short forms of what tests post.</summary>
internal static class Requests
{
    public const string Submit = "/api/operations/v1";

    public static string Transfer(AccountId to, ulong rao) => $$"""{"kind":"transfer","to_coldkey":"{{to}}","amount":"{{rao}}"}""";

    public static string AddStake(AccountId hotkey, NetUid netuid, ulong rao) => $$"""{"kind":"add_stake","hotkey":"{{hotkey}}","netuid":{{netuid}},"amount":"{{rao}}"}""";

    public static string Body(AccountId signer, string call, string more = "") => Body(signer.ToString(), call, more);

    public static string Body(string signer, string call, string more = "") => $$"""{"signer":"{{signer}}","call":{{call}}{{more}}}""";

    public static Task<HttpResponseMessage> Send(this HttpClient http, string path, string json, string? key = null, string? apiKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        if (apiKey is not null) request.Headers.Add("X-Api-Key", apiKey);
        return http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>An answer of 200.</summary>
    public static async Task<JsonElement> Post(this HttpClient http, string path, string json, string? key = null, string? apiKey = null)
    {
        using var response = await http.Send(path, json, key, apiKey);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>A problem.</summary>
    public static async Task<JsonElement> Fail(this HttpClient http, string path, string json, string? key = null, string? apiKey = null)
    {
        using var response = await http.Send(path, json, key, apiKey);
        return await ApiNetwork.ProblemOf(response);
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static ulong Rao(this JsonElement json, string name) => ulong.Parse(json.Text(name), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Status, code's name, and the operation that it is about.</summary>
    public static (int Status, string Name) Named(this JsonElement problem) => (problem.GetProperty("status").GetInt32(), problem.Text("name"));
}
