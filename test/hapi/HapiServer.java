import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.test.config.TestR4Config;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.HardcodedServerAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** HAPI FHIR's JPA server for R4 on the port given, on loopback; everything in memory, as an installation would have it otherwise. */
public class HapiServer {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    var context = new AnnotationConfigApplicationContext(TestR4Config.class);
    var settings = context.getBean(JpaStorageSettings.class);
    settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
    // The wards refer to what is not there, on purpose.
    settings.setEnforceReferentialIntegrityOnWrite(false);
    settings.setEnforceReferentialIntegrityOnDelete(false);
    settings.setAllowContainsSearches(true);
    settings.setFilterParameterEnabled(true);
    // Between two tests everything goes.
    settings.setAllowMultipleDelete(true);
    settings.setExpungeEnabled(true);
    settings.setReuseCachedSearchResultsForMillis(null);

    var server = new RestfulServer(context.getBean(FhirContext.class));
    server.registerProviders(context.getBean("myResourceProvidersR4", ResourceProviderFactory.class).createProviders());
    server.registerProvider(context.getBean("mySystemProviderR4"));
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setServerAddressStrategy(new HardcodedServerAddressStrategy("http://127.0.0.1:" + port + "/fhir"));
    server.setPagingProvider(context.getBean(DatabaseBackedPagingProvider.class));
    server.setServerConformanceProvider(new JpaCapabilityStatementProvider(
        server,
        context.getBean("mySystemDaoR4", IFhirSystemDao.class),
        settings,
        context.getBean(ISearchParamRegistry.class),
        context.getBean(IValidationSupport.class)));

    var handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder(server), "/fhir/*");
    var jetty = new Server(new java.net.InetSocketAddress("127.0.0.1", port));
    jetty.setHandler(handler);
    jetty.start();
    System.out.println("READY");
    // Ends with whoever started it.
    while (System.in.read() != -1);
    System.exit(0);
  }
}
