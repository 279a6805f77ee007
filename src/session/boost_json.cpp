// Boost.JSON, compiled here so that neither the program nor who links tunppp::io needs its library.
#include <boost/json/src.hpp>
