using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class FormProviderTests : ProviderTest
{
    [Fact]
    public async Task Send_WithoutPicture_IsAForm()
    {
        await DeliverAsync(new FormProvider(Address("form://me:secret@HOST/in"), Http), Messages.Fall);

        Assert.Equal(("POST", "/in", "application/x-www-form-urlencoded"), (Server.Request.Method, Server.Request.Target, Server.Request.Header("Content-Type")));
        Assert.Equal(("me:secret", Messages.Fall.IdempotencyKey), (Server.Request.BasicCredentials, Server.Request.Header("Idempotency-Key")));
        var form = Server.Request.Form;
        Assert.Equal(("1.0", Messages.Fall.Title, Messages.Fall.Text, "failure"), (form["version"], form["title"], form["message"], form["type"]));
        Assert.Equal((Messages.Fall.IdempotencyKey, "critical", "0.87", "false"), (form["idempotency_key"], form["severity"], form["confidence"], form["is_test"]));
        Assert.Equal(("FALL", Messages.Fall.AnswerUrl!.AbsoluteUri), (form["labels"], form["answer_url"]));
    }

    [Theory]
    [InlineData("", "file01")]
    [InlineData("?attach-as=photo", "photo")]
    [InlineData("?attach-as=photo*", "photo01")]
    [InlineData("?attach-as=*photo", "01photo")]
    public async Task Send_WithPicture_HasItAsItsFile(string query, string field)
    {
        await DeliverAsync(new FormProvider(Address("form://HOST/in" + query), Http), Messages.FallWithPicture);

        Assert.Equal(Messages.Fall.Text, Server.Request.Form["message"], ignoreLineEndingDifferences: true);
        var (name, file) = Assert.Single(Server.Request.Files);
        Assert.Equal((field, Messages.Picture.FileName, "image/jpeg"), (name, file.FileName, file.Type));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), file.Bytes);
        Assert.Matches("^multipart/form-data; boundary=[a-z0-9-]+$", Server.Request.Header("Content-Type"));
        Assert.Contains("form-data; name=\"title\"", Server.Request.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Get_HasEverythingInTheQuery()
    {
        await DeliverAsync(new FormProvider(Address("form://HOST/in?method=GET&-room=hall&:type="), Http), Messages.FallWithPicture);

        Assert.Equal(("GET", "/in", 0), (Server.Request.Method, Server.Request.Path, Server.Request.Body.Length));
        Assert.Equal(("hall", Messages.Fall.Title), (Server.Request.Query["room"], Server.Request.Query["title"]));
        Assert.False(Server.Request.Query.ContainsKey("type"));
    }
}
