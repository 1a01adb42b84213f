using System.Text.Json;
using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.TestKit;
using Xunit;
using static Dtao.Api.Tests.Writes.Requests;

namespace Dtao.Api.Tests.Writes;

/// <summary>Operations over HTTP take effect once, whatever becomes of hosts and answers.</summary>
public sealed class OperationTests(ApiNetwork network)
{
    private const ulong OneTao = 1_000_000_000;

    private static readonly NetUid s_one = new(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Http => network.Http;

    /// <summary>A block closes when it is asked for; a repeat that names what it knew closes no other.</summary>
    [Fact]
    public async Task CloseBlock_OnANetworkOfManualBlocks_ClosesOneAndARepeatNone()
    {
        var head = (await network.Client.GetHeadAsync(Token)).Block.Value;

        var closed = await Http.Post("/api/dev/blocks/v1", $$"""{"after":{{head}}}""");
        var repeated = await Http.Post("/api/dev/blocks/v1", $$"""{"after":{{head}}}""");
        var another = await Http.Post("/api/dev/blocks/v1", "{}");

        Assert.Equal([(head + 1, true), (head + 1, false), (head + 2, true)], new[] { closed, repeated, another }.Select(block => (block.GetProperty("block_number").GetUInt64(), block.GetProperty("is_new").GetBoolean())));
        Assert.Equal(closed.Text("hash"), repeated.Text("hash"));
        Assert.Equal(head + 2, (await network.Client.GetHeadAsync(Token)).Block.Value);
    }

    [Fact]
    public async Task CloseBlock_TheSameRequestManyTimesAtOnce_ClosesOne()
    {
        var head = (await network.Client.GetHeadAsync(Token)).Block.Value;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Http.Post("/api/dev/blocks/v1", $$"""{"after":{{head}}}""")));

        Assert.Single(answers, answer => answer.GetProperty("is_new").GetBoolean());
        Assert.All(answers, answer => Assert.Equal(head + 1, answer.GetProperty("block_number").GetUInt64()));
        Assert.Equal(head + 1, (await network.Client.GetHeadAsync(Token)).Block.Value);
    }

    /// <summary>Twelve at once, through two hosts, and one through a host that was started afterwards.</summary>
    [Fact]
    public async Task Submit_SameKeyThroughManyHosts_TakesEffectOnce()
    {
        var (from, to) = (ApiNetwork.Staker(700), ApiNetwork.Staker(701));
        var body = Body(from, Transfer(to, OneTao));
        var before = await Free(to);
        await using var other = await network.StartApi(new ApiOptions());
        using var elsewhere = new HttpClient { BaseAddress = new Uri(other.Address), Timeout = Patience.Max };

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(place => (place % 2 == 0 ? Http : elsewhere).Post(Submit, body, "invoice 4711")));
        await using var third = await network.StartApi(new ApiOptions());
        using var later = new HttpClient { BaseAddress = new Uri(third.Address), Timeout = Patience.Max };
        var repeated = await later.Post(Submit, body, "\"invoice 4711\"");

        var id = OperationKey.IdOf(from, "invoice 4711").ToString();
        Assert.All([.. answers, repeated], answer => Assert.Equal((id, "Applied", answers[0].GetProperty("order").GetUInt64()), (answer.Text("operation_id"), answer.Text("status"), answer.GetProperty("order").GetUInt64())));
        Assert.Equal(before + OneTao, await Free(to));
        Assert.Equal("Applied", (await network.GetJson($"{Submit}/{from}/{id}")).Text("status"));
    }

    /// <summary>Its first host ends while the operation is under way; another one is asked with the same key.</summary>
    [Fact]
    public async Task Submit_HostEndsInBetween_NextHostAnswersTheSameOperation()
    {
        var (from, hotkey) = (ApiNetwork.Staker(702), await OwnerHotkey());
        var body = Body(from, AddStake(hotkey, s_one, OneTao));
        var before = await Free(from);
        var running = RunningNetwork.Of(network.Host);
        var first = await network.StartApi(new ApiOptions());
        using var one = new HttpClient { BaseAddress = new Uri(first.Address), Timeout = Patience.Max };
        Task<JsonElement> second;
        await using (await running.HoldPool(s_one))
        {
            var lost = one.Send(Submit, body, "swap 1");
            await running.WaitForInFlight(from, 1);
            await first.DisposeAsync();
            await Assert.ThrowsAnyAsync<Exception>(async () => (await lost).EnsureSuccessStatusCode());
            second = Http.Post(Submit, body, "swap 1");
        }

        var answer = await second;

        Assert.Equal("Applied", answer.Text("status"));
        Assert.Equal(before - OneTao, await Free(from));
        Assert.Equal("StakeAdded", answer.GetProperty("moves")[0].Text("event"));
        Assert.Equal(answer.GetProperty("order").GetUInt64(), (await Http.Post(Submit, body, "swap 1")).GetProperty("order").GetUInt64());
    }

    /// <summary>A repeat whose window of last valid blocks is over is still the first operation.</summary>
    [Fact]
    public async Task Submit_FirstTryInAnotherWindow_IsFoundAgain()
    {
        var (from, to) = (ApiNetwork.Staker(703), ApiNetwork.Staker(704));
        var head = (await network.Client.GetHeadAsync(Token)).Block;
        var earlier = ValidityWindow.Others(head).Last();
        var first = await network.Client.SubmitAsync(
            from, Calls.Transfer(to, new Tao(OneTao), keepAlive: true), new OperationTicket(OperationKey.IdOf(from, "old"), earlier), Token);

        var repeated = await Http.Post(Submit, Body(from, Transfer(to, OneTao)), "old");
        var changed = await Http.Fail(Submit, Body(from, Transfer(to, OneTao + 1)), "old");

        Assert.NotEqual(ValidityWindow.LastValidBlock(head), earlier);
        Assert.Equal(first.Receipt!.Order, repeated.GetProperty("order").GetUInt64());
        Assert.Equal(earlier.Value, repeated.GetProperty("last_valid_block").GetUInt64());
        Assert.Equal((409, "OperationConflict"), changed.Named());
        Assert.Equal(first.Operation.Id.ToString(), changed.Text("operation_id"));
    }

    /// <summary>What the client knew of its first try makes every repeat the same operation, without a key.</summary>
    [Fact]
    public async Task Submit_IdAndLastValidBlockGiven_AreTheOperation()
    {
        var (from, to) = (ApiNetwork.Staker(705), ApiNetwork.Staker(706));
        var payload = await Http.Post("/api/operations/payload/v1", Body(from, Transfer(to, OneTao)));
        var more = $$""","id":"{{payload.Text("id")}}","last_valid_block":{{payload.GetProperty("last_valid_block")}},"network_id":"{{payload.Text("network_id")}}" """;

        var first = await Http.Post(Submit, Body(from, Transfer(to, OneTao), more));
        var second = await Http.Post(Submit, Body(from, Transfer(to, OneTao), more));
        var other = await Http.Fail(Submit, Body(from, Transfer(to, OneTao), more), "another key");

        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal(payload.Text("id"), first.Text("operation_id"));
        Assert.False(payload.GetProperty("signature_required").GetBoolean());
        Assert.Equal((400, "ParameterInvalid"), other.Named());
    }

    [Fact]
    public async Task Submit_RuleSaysNo_IsAProblemAndItsReceiptIsKept()
    {
        var from = ApiNetwork.Staker(707);
        var body = Body(from, AddStake(await OwnerHotkey(), s_one, 1));

        var problem = await Http.Fail(Submit, body, "too little");
        var repeated = await Http.Fail(Submit, body, "too little");
        var receipt = await network.GetJson($"{Submit}/{from}/{problem.Text("operation_id")}");

        Assert.Equal((422, "AmountTooLow"), problem.Named());
        Assert.Equal(problem.Text("operation_id"), repeated.Text("operation_id"));
        Assert.Equal("Refused", receipt.Text("status"));
        Assert.Equal("AmountTooLow", receipt.GetProperty("error").Text("name"));
        Assert.NotEmpty(problem.Text("advice"));
    }

    /// <summary>The time for an answer ends before the operation does: the answer says which operation it is, and the operation goes on.</summary>
    [Fact]
    public async Task Submit_NoAnswerInTime_NamesTheOperation()
    {
        var (from, hotkey) = (ApiNetwork.Staker(708), await OwnerHotkey());
        await using var impatient = await network.StartApi(new ApiOptions { Limits = new ApiLimits { RequestMillisecondsMax = 2_000 } });
        using var http = new HttpClient { BaseAddress = new Uri(impatient.Address), Timeout = Patience.Max };
        var running = RunningNetwork.Of(network.Host);
        JsonElement problem;
        await using (await running.HoldPool(s_one)) problem = await http.Fail(Submit, Body(from, AddStake(hotkey, s_one, OneTao)));
        var id = problem.Text("operation_id");
        await running.WaitForInFlight(from, 0);

        Assert.Equal((504, "OutcomeUnknown"), problem.Named());
        Assert.Equal("Applied", (await network.GetJson($"{Submit}/{from}/{id}")).Text("status"));
    }

    /// <summary>What a quote and a preview say is what the operation then does, where nobody comes between.</summary>
    [Fact]
    public async Task Quote_ThenSubmit_ComesToWhatWasSaid()
    {
        var (from, hotkey) = (ApiNetwork.Staker(709), await OwnerHotkey());
        var body = Body(from, AddStake(hotkey, s_one, OneTao));

        var quote = await Http.Post("/api/quotes/v1", body);
        var preview = await Http.Post("/api/previews/v1", body);
        var refused = await Http.Post("/api/quotes/v1", Body(from, AddStake(hotkey, s_one, 1)));
        var receipt = await Http.Post(Submit, body);

        var move = receipt.GetProperty("moves")[0];
        Assert.Equal(JsonValueKind.Null, quote.GetProperty("error").ValueKind);
        Assert.Equal((quote.Text("amount_in"), quote.Text("amount_out"), quote.Text("fee")), (OneTao.ToString(System.Globalization.CultureInfo.InvariantCulture), move.Text("alpha"), move.Text("fee")));
        Assert.Equal(await Free(from), preview.Rao("free_after"));
        Assert.Equal(preview.Rao("stake_before") + quote.Rao("amount_out"), preview.Rao("stake_after"));
        Assert.Equal("AmountTooLow", refused.GetProperty("error").Text("name"));
        Assert.Equal((await RunningNetwork.Of(network.Host).Position(s_one, hotkey, from)).Rao, preview.Rao("stake_after"));
    }

    [Fact]
    public async Task Submit_WhatCannotBeRead_IsNamed()
    {
        var from = ApiNetwork.Staker(710);
        (string Body, string? Key, int Status, string Name)[] rows =
        [
            (Body("//Nobody", Transfer(from, 1)), null, 400, "ParameterInvalid"),
            (Body(from, """{"kind":"nothing"}"""), null, 400, "InvalidBody"),
            (Body(from, Transfer(from, 1), ",\"surplus\":1"), null, 400, "InvalidBody"),
            (Body(from, Transfer(from, 1), ",\"signature\":\"0x00\""), null, 400, "ParameterInvalid"),
            (Body(from, Transfer(from, 1)), new string('k', 203), 400, "ParameterInvalid"),
            ("{}", null, 400, "InvalidBody"),
            (Body(from, Transfer(from, 1), ",\"last_valid_block\":1000000"), null, 422, "LastValidBlockTooFar"),
            (Body(from, Transfer(from, 1), ",\"network_id\":\"elsewhere\""), null, 409, "WrongNetwork"),
        ];

        foreach (var row in rows) Assert.Equal((row.Status, row.Name), (await Http.Fail(Submit, row.Body, row.Key)).Named());
        Assert.Equal((404, "NotFound"), (await network.GetProblem($"{Submit}/{from}/{OperationId.Create()}")).Named());
    }

    [Fact]
    public async Task Calls_List_HasEveryFormWithItsFields()
    {
        var calls = (await network.GetJson("/api/calls/v1")).EnumerateArray().ToDictionary(call => call.Text("kind"));

        Assert.Equal(CallForms.All.Count, calls.Count);
        Assert.Equal(["hotkey", "netuid", "amount"], calls["add_stake"].GetProperty("fields").EnumerateArray().Select(field => field.Text("name")));
    }

    private async Task<ulong> Free(AccountId account) => (await network.Client.GetBalanceAsync(account, Token)).Free.Rao;

    private async Task<AccountId> OwnerHotkey() => (await network.Client.GetSubnetAsync(s_one, Token))!.Pool.Books!.OwnerHotkey!.Value;
}
