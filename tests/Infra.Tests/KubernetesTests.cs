using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dtao.Hosting.Cluster;
using Dtao.Silo.Configuration;
using Dtao.Silo.Health;
using Dtao.TestKit;
using k8s;
using k8s.Models;

namespace Dtao.Infra.Tests;

/// <summary>The manifests, as Kubernetes' own types read them, against what the silo takes and does.</summary>
public sealed class KubernetesTests : IDisposable
{
    private const string Folder = "infra/kubernetes";

    private readonly string _folder = Directory.CreateTempSubdirectory("dtao-kubernetes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Manifests_OfTheKustomization_AreReadWithoutAnUnknownField()
    {
        var kustomization = SettingsFiles.Yaml($"{Folder}/kustomization.yaml")[0];
        var listed = kustomization.At("resources").Items().Select(item => item.Text()).ToArray();
        var there = Directory.EnumerateFiles(Repository.PathOf(Folder), "*.yaml").Select(file => Path.GetFileName(file)).Where(name => name != "kustomization.yaml");

        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(listed, name => Assert.NotEmpty(Load(name)));
        // A setting of them all would be taken from one namespace and missed in another.
        Assert.Equal("dtao", kustomization.At("namespace").Text());
    }

    [Fact]
    public void Settings_OfTheDeployment_AreTakenByTheSilo()
    {
        var options = SiloEnvironment.Read(Variables(Silos()));

        Assert.Equal(IPAddress.Parse("10.244.0.7"), options.Cluster!.AdvertisedAddress);
        Assert.Equal(IPAddress.Any, options.Cluster.ListenAddress);
        Assert.Equal(IPAddress.Any, options.Health!.Address);
        Assert.Null(options.Cluster.Account.ConnectionString);
        var container = Container(Silos());
        Assert.Equal(
            [options.SiloPort, options.GatewayPort, options.Health.Port],
            container.Ports.OrderBy(port => port.ContainerPort).Select(port => port.ContainerPort));
        Assert.Contains(container.VolumeMounts, mount => mount.MountPath == options.DataDirectory);
    }

    [Fact]
    public void Settings_OfTheComponents_AreTakenByTheSilo()
    {
        var component = One<V1Deployment>("components/tls/silos.yaml");
        var mount = Assert.Single(Container(component).VolumeMounts).MountPath;
        WriteCertificate();

        var options = SiloEnvironment.Read(Variables(Silos())
            .With(VariablesOf(component).Select(variable => KeyValuePair.Create(variable.Key, variable.Value.Replace(mount + "/", _folder + "/", StringComparison.Ordinal))))
            .With(VariablesOf(One<V1Deployment>("components/genesis/silos.yaml"))));

        Assert.True(options.Cluster!.Tls!.RequiresPeerCertificate);
        Assert.Equal("/genesis/genesis.json", options.GenesisFile);
    }

    [Fact]
    public void Probes_OfTheDeployment_AskWhereTheSiloAnswersAndStopsAreWaitedFor()
    {
        var pod = Silos().Spec.Template.Spec;
        var container = Container(Silos());

        Assert.Equal(HealthServer.LivePath, container.StartupProbe.HttpGet.Path);
        Assert.Equal(HealthServer.LivePath, container.LivenessProbe.HttpGet.Path);
        Assert.Equal(HealthServer.ReadyPath, container.ReadinessProbe.HttpGet.Path);
        Assert.All(
            [container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
            probe => Assert.Contains(container.Ports, port => port.Name == (string)probe.HttpGet.Port));
        Assert.True(pod.TerminationGracePeriodSeconds > ClusterSilo.ShutdownMax.Ticks / TimeSpan.TicksPerSecond);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(One<V1ServiceAccount>("service-account.yaml").Metadata.Name, pod.ServiceAccountName);
    }

    [Fact]
    public void Policies_OfTheSilos_LetOnlySilosToSilosAndClientsToGateways()
    {
        var options = SiloEnvironment.Read(Variables(Silos()));
        var policies = Load("network-policy.yaml").Cast<V1NetworkPolicy>().ToDictionary(policy => policy.Metadata.Name, StringComparer.Ordinal);
        var silo = policies["silo"].Spec;
        var labels = Silos().Spec.Template.Metadata.Labels;

        Assert.Equal(["Ingress"], policies["nobody"].Spec.PolicyTypes);
        Assert.Empty(policies["nobody"].Spec.Ingress ?? []);
        Assert.All(silo.PodSelector.MatchLabels, label => Assert.Equal(label.Value, labels[label.Key]));
        Assert.Equal([options.SiloPort, options.GatewayPort, options.Health!.Port], silo.Ingress.Select(rule => int.Parse(Assert.Single(rule.Ports).Port.Value, null)));
        Assert.All(silo.Ingress, rule => Assert.Single(rule.FromProperty));
        Assert.Equal(silo.PodSelector.MatchLabels, silo.Ingress[0].FromProperty[0].PodSelector.MatchLabels);
        Assert.Equal("dtao.client", Assert.Single(silo.Ingress[1].FromProperty[0].PodSelector.MatchLabels).Key);
        Assert.Equal("monitoring", Assert.Single(silo.Ingress[2].FromProperty[0].NamespaceSelector.MatchLabels).Value);
    }

    [Fact]
    public void ServiceAndBudget_OfTheSilos_MeanTheirPods()
    {
        var labels = Silos().Spec.Template.Metadata.Labels;
        var service = One<V1Service>("gateway.yaml").Spec;
        var budget = One<V1PodDisruptionBudget>("disruption-budget.yaml").Spec;

        Assert.All(service.Selector, label => Assert.Equal(label.Value, labels[label.Key]));
        Assert.All(budget.Selector.MatchLabels, label => Assert.Equal(label.Value, labels[label.Key]));
        Assert.Contains(Container(Silos()).Ports, port => port.Name == Assert.Single(service.Ports).TargetPort.Value);
        Assert.Equal(SiloOptions.GatewayPortDefault, service.Ports[0].Port);
        Assert.Equal("1", budget.MaxUnavailable.Value);
    }

    [Fact]
    public void Image_OfTheKustomization_HasThisVersionAsItsTag()
    {
        var images = SettingsFiles.Yaml($"{Folder}/kustomization.yaml")[0].At("images").Items().Select(image => image.Texts()).ToArray();

        Assert.Equal([Container(Silos()).Image, Container(Api<V1Deployment>()).Image], images.Select(image => image["name"]));
        Assert.All(images, image => Assert.Equal(DockerTests.Version, image["newTag"]));
    }

    [Fact]
    public void Api_DeploymentServiceAndPolicy_AreThoseOfTheProgramAndShutOtherwise()
    {
        var deployment = Api<V1Deployment>();
        var (pod, container) = (deployment.Spec.Template.Spec, Container(deployment));
        var options = ApiEnvironment.Read(SettingsFiles.Variables($"{Folder}/api.env"));
        var (service, policy) = (Api<V1Service>().Spec, Api<V1NetworkPolicy>().Spec);
        var labels = deployment.Spec.Template.Metadata.Labels;

        Assert.Equal((IPAddress.Any, IPAddress.Any), (options.Api.Listen.Address, options.Telemetry.Metrics!.Address));
        Assert.Equal([options.Api.Listen.Port, options.Telemetry.Metrics.Port], container.Ports.Select(port => port.ContainerPort));
        Assert.Equal($"{options.Telemetry.Metrics.Port}", deployment.Spec.Template.Metadata.Annotations["prometheus.io/port"]);
        Assert.NotNull(options.Connection.Clustering);
        Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe => Assert.Equal("http", (string)probe.HttpGet.Port));
        Assert.Equal(["api-settings", "api-read-side"], container.EnvFrom.Select(from => from.ConfigMapRef?.Name ?? from.SecretRef.Name));
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(Api<V1ServiceAccount>().Metadata.Name, pod.ServiceAccountName);
        Assert.NotEqual(Silos().Spec.Template.Spec.ServiceAccountName, pod.ServiceAccountName);
        Assert.All([service.Selector, policy.PodSelector.MatchLabels, Api<V1PodDisruptionBudget>().Spec.Selector.MatchLabels], selector => Assert.All(selector, label => Assert.Equal(label.Value, labels[label.Key])));
        Assert.Equal("true", labels["dtao.client"]);
        Assert.Equal(options.Api.Listen.Port, Assert.Single(service.Ports).Port);
        Assert.Equal([options.Api.Listen.Port, options.Telemetry.Metrics.Port], policy.Ingress.Select(rule => int.Parse(Assert.Single(rule.Ports).Port.Value, null)));
        Assert.Equal(SiloOptions.GatewayPortDefault, int.Parse(Assert.Single(policy.Egress[0].Ports).Port.Value, null));
    }

    private static T Api<T>() => Assert.Single(Load("api.yaml").OfType<T>());

    private static List<object> Load(string name) => KubernetesYaml.LoadAllFromString(Repository.Read($"{Folder}/{name}"), strict: true);

    private static T One<T>(string name) => Assert.IsType<T>(Assert.Single(Load(name)));

    private static V1Deployment Silos() => One<V1Deployment>("silos.yaml");

    private static V1Container Container(V1Deployment deployment) => Assert.Single(deployment.Spec.Template.Spec.Containers);

    /// <summary>What a pod's silo finds in its environment, with an address for its own.</summary>
    private static Dictionary<string, string> Variables(V1Deployment deployment)
    {
        Assert.Equal("silo-settings", Assert.Single(Container(deployment).EnvFrom).ConfigMapRef.Name);
        return SettingsFiles.Variables($"{Folder}/silo.env").With(VariablesOf(deployment));
    }

    private static Dictionary<string, string> VariablesOf(V1Deployment deployment) => Container(deployment).Env.ToDictionary(
        variable => variable.Name, variable => variable.ValueFrom is { } from ? Field(from.FieldRef.FieldPath) : variable.Value, StringComparer.Ordinal);

    private static string Field(string path) => path == "status.podIP" ? "10.244.0.7" : throw new NotSupportedException(path);

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
