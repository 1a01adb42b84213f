using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dtao.Silo.Health;
using Dtao.TestKit;
using YamlDotNet.RepresentationModel;

namespace Dtao.Infra.Tests;

/// <summary>Dashboard, alert rules, and scrape configurations, against the page of metrics and the silo's ports.</summary>
public sealed partial class MonitoringTests
{
    private const string Folder = "infra/monitoring";

    [Fact]
    public void Metrics_OfDashboardAndAlerts_AreThoseOfThePage()
    {
        var listed = Listed();
        var dashboard = JsonNode.Parse(Repository.Read($"{Folder}/dashboard.json"))!;
        var shown = dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? []).Select(target => target!["expr"]!.GetValue<string>());
        var rules = SettingsFiles.Yaml($"{Folder}/alerts.yml")[0].At("groups").Items().SelectMany(group => group.At("rules").Items()).Select(rule => rule.At("expr").Text());
        var named = shown.Concat(rules).SelectMany(expression => Metric().Matches(expression)).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToArray();

        Assert.True(listed.Count > 30, $"Only {listed.Count} metrics are listed.");
        Assert.True(named.Length > 25, $"Only {named.Length} metrics are shown.");
        Assert.All(named, name => Assert.True(listed.Contains(name), $"The page has no {name}."));
    }

    [Fact]
    public void Dashboard_Panels_HaveNumbersPlacesAndExpressionsOfTheirOwn()
    {
        var panels = JsonNode.Parse(Repository.Read($"{Folder}/dashboard.json"))!["panels"]!.AsArray();
        var places = panels.Select(panel => (panel!["gridPos"]!["x"]!.GetValue<int>(), panel["gridPos"]!["y"]!.GetValue<int>())).ToArray();

        Assert.Equal(panels.Count, panels.Select(panel => panel!["id"]!.GetValue<int>()).Distinct().Count());
        Assert.Equal(places.Length, places.Distinct().Count());
        Assert.All(panels, panel => Assert.True(panel!["gridPos"]!["x"]!.GetValue<int>() + panel["gridPos"]!["w"]!.GetValue<int>() <= 24));
        Assert.All(panels.Where(panel => panel!["type"]!.GetValue<string>() != "row"), panel => Assert.NotEmpty(panel!["targets"]!.AsArray()));
    }

    [Fact]
    public void Scrapes_OfMachinesAndPods_AskThePortThatHasMetrics()
    {
        var job = Assert.Single(SettingsFiles.Yaml($"{Folder}/prometheus.yml")[0].At("scrape_configs").Items());
        var pods = SettingsFiles.Yaml($"{Folder}/prometheus-kubernetes.yml")[0].At("scrape_configs").Items();
        var options = SiloEnvironment.Read(new Dictionary<string, string> { ["DTAO_ROLE"] = "cluster", ["DTAO_STORAGE__CONNECTIONSTRING"] = "UseDevelopmentStorage=true" });

        Assert.Equal("dtao", job.At("job_name").Text());
        Assert.Equal(options.Health!.ToString(), job.At("static_configs").Items()[0].At("targets").Items()[0].Text());
        Assert.Equal(HealthServer.MetricsPath, job.At("metrics_path").Text());
        Assert.Equal(["dtao", "dtao-api"], pods.Select(pod => pod.At("job_name").Text()));
        Assert.Equal(options.Health.Port, PortThatIsAsked(pods[0], "silos.yaml"));
        Assert.Equal(30_091, PortThatIsAsked(pods[1], "api.yaml"));
    }

    /// <summary>The port of its pods that a job keeps, which has to be the one that the pods' annotations name.</summary>
    private static int PortThatIsAsked(YamlNode job, string file)
    {
        var pod = SettingsFiles.Yaml($"infra/kubernetes/{file}").Single(document => document.At("kind").Text() == "Deployment").At("spec", "template");
        var annotations = pod.At("metadata", "annotations").Texts();
        var kept = job.At("relabel_configs").Items().Single(rule => rule.At("source_labels").Items()[0].Text() == "__meta_kubernetes_pod_container_port_name").At("regex").Text();
        var port = pod.At("spec", "containers").Items()[0].At("ports").Items().Single(one => one.At("name").Text() == kept).At("containerPort").Text();

        Assert.Equal("dtao", Assert.Single(job.At("kubernetes_sd_configs").Items()[0].At("namespaces", "names").Items()).Text());
        Assert.Equal("true", annotations["prometheus.io/scrape"]);
        Assert.Equal(HealthServer.MetricsPath, annotations["prometheus.io/path"]);
        Assert.Equal(annotations["prometheus.io/port"], port);
        return int.Parse(port, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Rules_AsPrometheusTriesThem_SayWhatTheyShould()
    {
        var promtool = Tool.Find("promtool");
        Assert.SkipWhen(promtool is null, "There is no promtool here.");

        var checkedFile = await Tool.RunAsync(promtool!, null, "check", "config", Repository.PathOf($"{Folder}/prometheus.yml"));
        var tried = await Tool.RunAsync(promtool!, null, "test", "rules", Repository.PathOf($"{Folder}/alerts.test.yml"));

        Assert.True(checkedFile.ExitCode == 0, checkedFile.ToString());
        Assert.True(tried.ExitCode == 0, tried.ToString());
    }

    /// <summary>The names that Prometheus sees, by the page's own rule: underscores, the unit as a word, and what the kind of metric ends in.</summary>
    private static HashSet<string> Listed()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match row in Row().Matches(Repository.Read("docs/reference/metrics.md")))
        {
            var unit = row.Groups[3].Value switch { "us" => "_microseconds", "ms" => "_milliseconds", "s" => "_seconds", "By" => "_bytes", _ => string.Empty };
            var name = row.Groups[1].Value.Replace('.', '_') + unit;
            names.UnionWith(row.Groups[2].Value switch
            {
                "counter" => [name + "_total"],
                "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
                _ => [name],
            });
        }

        return names;
    }

    [GeneratedRegex(@"\bdtao_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(dtao\.[a-z._]+)` \| (counter|histogram|gauge) \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
